// A duration, as `h:mm:ss.mmm` or in milliseconds.
import { useState, type ReactNode } from 'react';
import { controlProps, textOf, value, type DraftValue, type InputProps } from '../cell.ts';
import { printDuration } from './view.tsx';

function readDuration(text: string): DraftValue {
  const trimmed = text.trim();
  if (trimmed === '') return value(null);
  if (/^-?\d+$/.test(trimmed)) return value(Number(trimmed));
  const found = /^(-?)(\d+):([0-5]?\d)(?::([0-5]?\d)(?:\.(\d{1,3}))?)?$/.exec(trimmed);
  if (!found) return { kind: 'unreadable', text, why: 'Write h:mm:ss, or milliseconds' };
  const [, sign, hours = '0', minutes = '0', seconds = '0', fraction = ''] = found;
  const size = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(fraction.padEnd(3, '0'));
  return value(sign === '-' ? -size : size);
}

export function DurationInput(props: InputProps): ReactNode {
  const { draft, onChange } = props;
  const [typed, setTyped] = useState<string>();
  return (
    <input
      {...controlProps(props)}
      type="text"
      className="input number"
      placeholder="null"
      value={typed ?? textOf(draft, (held) => printDuration(Number(held)))}
      onBlur={() => setTyped(undefined)}
      onChange={({ target }) => {
        setTyped(target.value);
        onChange(readDuration(target.value));
      }}
    />
  );
}
