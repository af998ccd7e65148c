import type { ReactNode } from 'react';
import { NullView } from '../null-view.tsx';
import type { ViewProps } from '../cell.ts';

/** In the usual groups, which every filter takes as well. */
export const grouped = (digits: string): string =>
  digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5').toLowerCase();

export function UuidView({ value, place }: ViewProps): ReactNode {
  if (typeof value !== 'string') return <NullView />;
  return (
    <span className="mono" title={value}>
      {place === 'form' ? grouped(value) : `${value.slice(0, 8).toLowerCase()}…`}
    </span>
  );
}
