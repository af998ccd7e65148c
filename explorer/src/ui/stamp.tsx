// A version number on a postage stamp: the mark of everything that Keystamp counts.
import type { ReactNode } from 'react';

interface StampProps {
  readonly number: number;
  /** What is counted: for screen readers and as a tooltip. */
  readonly of: string;
}

export function Stamp({ number, of }: StampProps): ReactNode {
  return (
    <span className="stamp" title={`${of} ${number}`}>
      <span className="sr-only">{of} </span>
      {number}
    </span>
  );
}
