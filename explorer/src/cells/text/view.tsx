import type { ReactNode } from 'react';
import { NullView } from '../null-view.tsx';
import type { ViewProps } from '../cell.ts';

export function TextView({ value, place }: ViewProps): ReactNode {
  if (value === null || value === undefined) return <NullView />;
  const text = String(value);
  if (place === 'form' && /^https?:\/\/\S+$/.test(text))
    return (
      <a href={text} rel="noreferrer noopener" target="_blank">
        {text}
      </a>
    );
  return <span className={place === 'form' ? 'text-whole' : 'one-line'}>{text}</span>;
}
