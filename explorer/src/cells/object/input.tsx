// JSON as text. What is no JSON is marked with line and column while it is typed.
import { useState, type KeyboardEvent, type ReactNode } from 'react';
import { controlProps, value, type DraftValue, type InputProps } from '../cell.ts';

/** The value of a text; where reading fails, the place in words. */
export function readJson(text: string): DraftValue {
  if (text.trim() === '') return value(null);
  try {
    return value(JSON.parse(text));
  } catch (error) {
    return { kind: 'unreadable', text, why: placeOf(text, error instanceof Error ? error.message : String(error)) };
  }
}

/** Engines say `at position 12`, `at line 1 column 13`, or nothing. */
function placeOf(text: string, message: string): string {
  const position = /position (\d+)/.exec(message)?.[1];
  const reason = message
    .replace(/^JSON\.parse: /, '')
    .replace(/,? (?:in JSON )?at position.*$/, '')
    .replace(/, ?"[^]*$/, '');
  if (position === undefined) return /end of/i.test(message) ? 'The JSON is not finished' : message;
  const before = text.slice(0, Number(position)).split('\n');
  return `Line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${reason}`;
}

const printed = (draft: DraftValue): string => {
  if (draft.kind === 'unreadable') return draft.text;
  return draft.kind === 'value' && (draft.value ?? null) !== null ? JSON.stringify(draft.value, null, 2) : '';
};

export function ObjectInput(props: InputProps): ReactNode {
  const { draft, onChange } = props;
  // While somebody types, the text is theirs: reading and printing it again would move what they wrote.
  const [typed, setTyped] = useState<string>();
  const text = typed ?? printed(draft);
  const indent = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key !== 'Enter') return;
    const { selectionStart, selectionEnd, value: whole } = event.currentTarget;
    const line = whole.slice(0, selectionStart).split('\n').at(-1) ?? '';
    const deeper = /[[{]\s*$/.test(line) ? '  ' : '';
    const inserted = `\n${/^\s*/.exec(line)?.[0] ?? ''}${deeper}`;
    event.preventDefault();
    event.currentTarget.setRangeText(inserted, selectionStart, selectionEnd, 'end');
    change(event.currentTarget.value);
  };
  const change = (next: string): void => {
    setTyped(next);
    onChange(readJson(next));
  };
  return (
    <textarea
      {...controlProps(props)}
      className="input json"
      spellCheck={false}
      placeholder="null"
      rows={Math.min(18, Math.max(4, text.split('\n').length + 1))}
      value={text}
      onKeyDown={indent}
      onBlur={() => setTyped(undefined)}
      onChange={({ target }) => change(target.value)}
    />
  );
}
