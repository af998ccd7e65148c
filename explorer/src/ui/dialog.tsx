// A question that has to be answered first. Escape answers with no; the focus comes back to where it was.
import { useId, useLayoutEffect, useRef, type ReactNode } from 'react';

interface DialogProps {
  readonly question: string;
  readonly detail: string;
  readonly yes: string;
  readonly no?: string;
  readonly onYes: () => void;
  readonly onNo: () => void;
}

export function Dialog({ question, detail, yes, no = 'Cancel', onYes, onNo }: DialogProps): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={id}
      aria-describedby={`${id}-detail`}
      onCancel={(event) => {
        event.preventDefault();
        onNo();
      }}
    >
      <h2 id={id}>{question}</h2>
      <p id={`${id}-detail`}>{detail}</p>
      <div className="dialog-actions">
        <button type="button" className="button" autoFocus onClick={onNo}>
          {no}
        </button>
        <button type="button" className="button danger" onClick={onYes}>
          {yes}
        </button>
      </div>
    </dialog>
  );
}
