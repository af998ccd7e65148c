// A button whose deed is asked about first.
import { useId, useRef, type ReactNode } from 'react';

interface ConfirmProps {
  readonly label: ReactNode;
  readonly name: string;
  /** The label is a text, not an icon. */
  readonly wide?: boolean;
  readonly question: string;
  readonly detail: string;
  readonly yes: string;
  readonly onYes: () => void;
}

export function Confirm({ label, name, wide = false, question, detail, yes, onYes }: ConfirmProps): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  return (
    <>
      <button
        type="button"
        className={wide ? 'button small' : 'button quiet square'}
        aria-label={name}
        title={name}
        onClick={() => dialog.current?.showModal()}
      >
        {label}
      </button>
      <dialog ref={dialog} className="dialog" aria-labelledby={id}>
        <h2 id={id}>{question}</h2>
        <p>{detail}</p>
        <div className="dialog-actions">
          <button type="button" className="button" autoFocus onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button
            type="button"
            className="button danger"
            onClick={() => {
              dialog.current?.close();
              onYes();
            }}
          >
            {yes}
          </button>
        </div>
      </dialog>
    </>
  );
}
