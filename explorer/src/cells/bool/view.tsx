import type { ReactNode } from 'react';
import { NullView } from '../null-view.tsx';
import type { ViewProps } from '../cell.ts';

export function BoolView({ value }: ViewProps): ReactNode {
  if (typeof value !== 'boolean') return <NullView />;
  return <span className={`truth ${String(value)}`}>{String(value)}</span>;
}
