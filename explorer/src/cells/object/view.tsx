import type { ReactNode } from 'react';
import { NullView } from '../null-view.tsx';
import type { ViewProps } from '../cell.ts';

export function ObjectView({ value, place }: ViewProps): ReactNode {
  if (value === null || value === undefined) return <NullView />;
  if (place === 'form') return <pre className="json">{JSON.stringify(value, null, 2)}</pre>;
  const text = JSON.stringify(value);
  return (
    <span className="mono one-line" title={text}>
      {text.length > 200 ? `${text.slice(0, 200)}…` : text}
    </span>
  );
}
