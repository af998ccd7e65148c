// The colours behind the filter's input, whose own text is transparent. It scrolls with it.
import { useEffect, useRef, type ReactNode, type RefObject } from 'react';
import type { Span } from './error-place.ts';
import { tokenize } from './tokens.ts';

interface FilterTextProps {
  readonly text: string;
  readonly wrong: Span | undefined;
  readonly input: RefObject<HTMLInputElement | null>;
}

export function FilterText({ text, wrong, input }: FilterTextProps): ReactNode {
  const layer = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const field = input.current;
    if (!field) return;
    const follow = (): void => {
      if (layer.current) layer.current.scrollLeft = field.scrollLeft;
    };
    follow();
    field.addEventListener('scroll', follow);
    return () => field.removeEventListener('scroll', follow);
  }, [input, text]);
  return (
    <div className="filter-layer" ref={layer} aria-hidden="true">
      {pieces(text, wrong).map(({ start, end, className }) => (
        <span key={start} className={className}>
          {text.slice(start, end)}
        </span>
      ))}
    </div>
  );
}

interface Piece extends Span {
  readonly className: string;
}

/** Tokens and what is between them, cut where the complaint begins and ends. */
function pieces(text: string, wrong: Span | undefined): readonly Piece[] {
  const cuts: Piece[] = [];
  let at = 0;
  for (const { kind, start, end } of tokenize(text)) {
    if (start > at) cuts.push({ start: at, end: start, className: '' });
    cuts.push({ start, end, className: `token-${kind}` });
    at = end;
  }
  if (at < text.length) cuts.push({ start: at, end: text.length, className: '' });
  if (!wrong) return cuts;
  return cuts.flatMap((piece) =>
    [piece.start, wrong.start, wrong.end, piece.end]
      .filter((cut) => cut >= piece.start && cut <= piece.end)
      .toSorted((a, b) => a - b)
      .flatMap((start, i, all) => {
        const end = all[i + 1];
        if (end === undefined || end === start) return [];
        const inside = start >= wrong.start && end <= wrong.end;
        return [{ start, end, className: inside ? `${piece.className} wrong` : piece.className }];
      }),
  );
}
