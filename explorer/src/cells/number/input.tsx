// Numbers, whole ones within the bounds of their type.
import { useState, type ReactNode } from 'react';
import { controlProps, textOf, value, type DraftValue, type InputProps } from '../cell.ts';

const bounds: Readonly<Record<string, readonly [bigint, bigint]>> = {
  byte: [-128n, 127n],
  word: [-32_768n, 32_767n],
  long: [-2_147_483_648n, 2_147_483_647n],
  long64: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** What a text stands for in an attribute of that type. */
function readNumber(text: string, type: string): DraftValue {
  const trimmed = text.trim();
  if (trimmed === '') return value(null);
  const range = bounds[type];
  if (range) {
    if (!/^[+-]?\d+$/.test(trimmed)) return { kind: 'unreadable', text, why: 'A whole number is expected' };
    const exact = BigInt(trimmed);
    if (exact < range[0] || exact > range[1])
      return { kind: 'unreadable', text, why: `A ${type} lies between ${range[0]} and ${range[1]}` };
    const number = Number(exact);
    // Beyond 2^53 a JSON number would be rounded.
    return value(Number.isSafeInteger(number) ? number : String(exact));
  }
  const number = Number(trimmed.replace(',', '.'));
  return Number.isFinite(number) ? value(number) : { kind: 'unreadable', text, why: 'A number is expected' };
}

export function NumberInput(props: InputProps): ReactNode {
  const { attribute, draft, onChange } = props;
  // Half-typed numbers stay as they are typed: `1.` and `1.50`.
  const [typed, setTyped] = useState<string>();
  return (
    <input
      {...controlProps(props)}
      type="text"
      inputMode={bounds[attribute.type] ? 'numeric' : 'decimal'}
      className="input number"
      placeholder={attribute.autosequence ? 'automatic' : 'null'}
      value={typed ?? textOf(draft)}
      onBlur={() => setTyped(undefined)}
      onChange={({ target }) => {
        setTyped(target.value);
        onChange(readNumber(target.value, attribute.type));
      }}
    />
  );
}
