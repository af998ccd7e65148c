import type { ReactNode } from 'react';
import { NullView } from '../null-view.tsx';
import type { ViewProps } from '../cell.ts';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 12 });

/** Grouped by thin spaces; keys as they are. */
export function NumberView({ value, attribute }: ViewProps): ReactNode {
  if (typeof value !== 'number' && typeof value !== 'string') return <NullView />;
  const isKey = attribute.identifying || /id$/i.test(attribute.name);
  const text = isKey || typeof value === 'string' ? String(value) : whole.format(value).replaceAll(',', '\u202f');
  return <span className="number">{text}</span>;
}
