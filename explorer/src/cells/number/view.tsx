import type { ReactNode } from 'react';
import { printNumber } from '../../ui/print.ts';
import { NullView } from '../null-view.tsx';
import type { ViewProps } from '../cell.ts';

/** Grouped by thin spaces; keys as they are. */
export function NumberView({ value, attribute }: ViewProps): ReactNode {
  if (typeof value !== 'number' && typeof value !== 'string') return <NullView />;
  const isKey = attribute.identifying || /id$/i.test(attribute.name);
  const text = isKey || typeof value === 'string' ? String(value) : printNumber(value);
  return <span className="number">{text}</span>;
}
