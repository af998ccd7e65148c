// A day, or an instant in the viewer's own time zone to the millisecond.
import { wireDay } from '@keystamp/client';
import type { ReactNode } from 'react';
import { controlProps, textOf, value, type InputProps } from '../cell.ts';
import { dayText } from './view.tsx';

/** What a `datetime-local` field shows of an instant. */
function localText(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '';
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, -1);
  return local.replace(/\.000$/, '').replace(/^(.{16}):00$/, '$1');
}

export function DateInput(props: InputProps): ReactNode {
  const { attribute, draft, onChange } = props;
  if (attribute.simpleDate)
    return (
      <input
        {...controlProps(props)}
        type="date"
        className="input number"
        value={textOf(draft, (held) => dayText(String(held)))}
        onChange={({ target }) => onChange(value(target.value === '' ? null : wireDay(target.value)))}
      />
    );
  return (
    <input
      {...controlProps(props)}
      type="datetime-local"
      step="0.001"
      className="input number"
      title={textOf(draft)}
      value={textOf(draft, (held) => localText(String(held)))}
      onChange={({ target }) => onChange(value(target.value === '' ? null : new Date(target.value).toISOString()))}
    />
  );
}
