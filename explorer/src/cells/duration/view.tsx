import type { ReactNode } from 'react';
import { NullView } from '../null-view.tsx';
import type { ViewProps } from '../cell.ts';

/** Milliseconds as `h:mm:ss.mmm`, without what is zero at the end. */
export function printDuration(milliseconds: number): string {
  const size = Math.abs(milliseconds);
  const two = (number: number): string => String(Math.floor(number)).padStart(2, '0');
  const clock = `${Math.floor(size / 3_600_000)}:${two((size / 60_000) % 60)}:${two((size / 1000) % 60)}`;
  const rest = size % 1000;
  return `${milliseconds < 0 ? '-' : ''}${clock}${rest === 0 ? '' : `.${String(rest).padStart(3, '0')}`}`;
}

export function DurationView({ value }: ViewProps): ReactNode {
  if (typeof value !== 'number') return <NullView />;
  return (
    <span className="number" title={`${value} ms`}>
      {printDuration(value)}
    </span>
  );
}
