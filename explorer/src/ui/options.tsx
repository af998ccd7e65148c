// What a combobox offers, below it.
import type { ReactNode } from 'react';

interface Option {
  readonly key: string;
  readonly label: ReactNode;
  readonly detail: ReactNode;
}

interface OptionsProps {
  readonly id: string;
  readonly label: string;
  readonly options: readonly Option[];
  /** The place of the one that the arrow keys stand on; -1 for none. */
  readonly active: number;
  readonly onChoose: (at: number) => void;
  readonly className?: string;
}

/** Id of an option, for `aria-activedescendant`. */
export const optionId = (id: string, at: number): string => `${id}-${at}`;

export function Options({ id, label, options, active, onChoose, className = '' }: OptionsProps): ReactNode {
  return (
    <ul className={`options ${className}`} role="listbox" id={id} aria-label={label}>
      {options.map((option, at) => (
        <li
          key={option.key}
          id={optionId(id, at)}
          role="option"
          aria-selected={at === active}
          ref={at === active ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined}
          onPointerDown={(event) => {
            // The focus stays in the text.
            event.preventDefault();
            if (event.button === 0) onChoose(at);
          }}
        >
          {option.label}
          <span className="muted">{option.detail}</span>
        </li>
      ))}
    </ul>
  );
}

/** One step through a list that goes round; from outside (-1) to its first or last. */
export const stepThrough = (active: number, by: 1 | -1, length: number): number =>
  active < 0 ? (by > 0 ? 0 : length - 1) : (active + by + length) % length;
