// A UUID with or without dashes.
import type { ReactNode } from 'react';
import { controlProps, textOf, value, type InputProps } from '../cell.ts';
import { grouped } from './view.tsx';

export function UuidInput(props: InputProps): ReactNode {
  const { draft, onChange } = props;
  const change = (text: string): void => {
    const digits = text.replaceAll('-', '').trim().toUpperCase();
    if (digits === '') onChange(value(null));
    else if (/^[0-9A-F]{32}$/.test(digits)) onChange(value(digits));
    else onChange({ kind: 'unreadable', text, why: 'A UUID has 32 hexadecimal digits' });
  };
  return (
    <div className="input-row">
      <input
        {...controlProps(props)}
        type="text"
        className="input mono"
        placeholder="null"
        spellCheck={false}
        value={textOf(draft, (held) => grouped(String(held)))}
        onChange={({ target }) => change(target.value)}
      />
      <button type="button" className="button quiet" onClick={() => change(crypto.randomUUID())}>
        New
      </button>
    </div>
  );
}
