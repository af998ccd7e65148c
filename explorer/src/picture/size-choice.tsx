// How large a picture comes, and how it fits into that.
import type { ReactNode } from 'react';
import { Segments } from '../ui/segments.tsx';
import { fits, widths, type Wanted } from './wanted.ts';

const sizes = [...widths, undefined].map((value) => ({ value, label: value ?? 'as stored' }));
const ways = fits.map((value) => ({ value, label: value }));

interface SizeChoiceProps {
  readonly wanted: Wanted;
  readonly onChange: (change: Partial<Wanted>) => void;
}

export function SizeChoice({ wanted: { width, fit }, onChange }: SizeChoiceProps): ReactNode {
  return (
    <section aria-labelledby="sizes">
      <h2 id="sizes">Size</h2>
      <Segments labelledBy="sizes" segments={sizes} chosen={width} onChoose={(next) => onChange({ width: next })} />
      <Segments label="Fit" segments={ways} chosen={fit} onChoose={(next) => onChange({ fit: next })} />
    </section>
  );
}
