// The name of the house, at the head of the sidebar.
import type { ReactNode } from 'react';

/** @param model what is served */
export function Brand({ model }: { readonly model?: string }): ReactNode {
  return (
    <>
      <Mark />
      <span className="brand-words">
        Keystamp
        <small>{model ?? '\u00a0'}</small>
      </span>
    </>
  );
}

/** A postage stamp with a keyhole. */
function Mark(): ReactNode {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path
        className="mark-paper"
        d="M4 4h3a2 2 0 0 0 4 0h3a2 2 0 0 0 4 0h3a2 2 0 0 0 4 0h3v3a2 2 0 0 0 0 4v3a2 2 0 0 0 0 4v3a2 2 0 0 0 0 4v3h-3a2 2 0 0 0-4 0h-3a2 2 0 0 0-4 0h-3a2 2 0 0 0-4 0H4v-3a2 2 0 0 0 0-4v-3a2 2 0 0 0 0-4v-3a2 2 0 0 0 0-4z"
      />
      <circle className="mark-hole" cx="16" cy="13" r="3.6" />
      <path className="mark-hole" d="M14.6 15h2.8l1.4 8h-5.6z" />
    </svg>
  );
}
