import type { ReactNode } from 'react';
import { NullView } from '../null-view.tsx';
import type { ViewProps } from '../cell.ts';

/** What may not fit its column can be read in whole. */
const longText = 20;
const mostShown = 1000;

export function TextView({ value, place }: ViewProps): ReactNode {
  if (value === null || value === undefined) return <NullView />;
  const text = String(value);
  if (place === 'form' && /^https?:\/\/\S+$/.test(text))
    return (
      <a href={text} rel="noreferrer noopener" target="_blank">
        {text}
      </a>
    );
  if (place === 'form') return <span className="text-whole">{text}</span>;
  return (
    <span className="one-line" title={text.length > longText ? text.slice(0, mostShown) : undefined}>
      {text}
    </span>
  );
}
