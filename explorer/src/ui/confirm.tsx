// A button whose deed is asked about first.
import { useState, type ReactNode } from 'react';
import { Dialog } from './dialog.tsx';
import { IconButton } from './icon-button.tsx';
import type { IconName } from './icon.tsx';

interface ConfirmProps {
  /** What is seen of the button: a drawing, or a word. */
  readonly icon?: IconName;
  readonly label?: string;
  readonly name: string;
  readonly question: string;
  readonly detail: string;
  readonly yes: string;
  readonly onYes: () => void;
}

export function Confirm({ icon, label, name, question, detail, yes, onYes }: ConfirmProps): ReactNode {
  const [asking, setAsking] = useState(false);
  const ask = (): void => setAsking(true);
  return (
    <>
      {icon ? (
        <IconButton icon={icon} name={name} onClick={ask} />
      ) : (
        <button type="button" className="button small" aria-label={name} title={name} onClick={ask}>
          {label}
        </button>
      )}
      {asking && (
        <Dialog
          question={question}
          detail={detail}
          yes={yes}
          onNo={() => setAsking(false)}
          onYes={() => {
            setAsking(false);
            onYes();
          }}
        />
      )}
    </>
  );
}
