// Days as they are, instants in the viewer's own time with the exact one as a tooltip.
import { dayOf } from '@keystamp/client';
import type { ReactNode } from 'react';
import { NullView } from '../null-view.tsx';
import type { ViewProps } from '../cell.ts';

/** `2024-05-02 10:11`, in the viewer's time zone. */
export function printInstant(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, 16)}`;
}

/** `2002-01-04` */
export const dayText = (wire: string): string => (/^\d+!\d+!\d+$/.test(wire) ? dayOf(wire) : wire);

export function DateView({ value, attribute }: ViewProps): ReactNode {
  if (typeof value !== 'string') return <NullView />;
  if (attribute.simpleDate) return <time className="number">{dayText(value)}</time>;
  return (
    <time className="number" dateTime={value} title={value}>
      {printInstant(value)}
    </time>
  );
}
