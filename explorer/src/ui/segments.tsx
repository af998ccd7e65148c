// One of a few choices, side by side.
import { useId, type InputHTMLAttributes, type ReactNode } from 'react';

export interface Segment<T> {
  readonly value: T;
  readonly label: ReactNode;
  /** For a label that is no text. */
  readonly name?: string;
}

interface SegmentsProps<T> {
  readonly segments: readonly Segment<T>[];
  readonly chosen: T;
  readonly onChoose: (value: T) => void;
  /** What is chosen: its name, or the id of where that stands. */
  readonly label?: string;
  readonly labelledBy?: string;
  readonly describedBy?: string | undefined;
  readonly invalid?: boolean;
  readonly required?: boolean;
  readonly className?: string;
  /** Of the first control, for a label elsewhere. */
  readonly first?: InputHTMLAttributes<HTMLInputElement>;
}

export function Segments<T>({
  segments,
  chosen,
  onChoose,
  label,
  labelledBy,
  describedBy,
  invalid = false,
  required = false,
  className = '',
  first = {},
}: SegmentsProps<T>): ReactNode {
  const group = useId();
  return (
    <div
      className={`segments ${className}`}
      role="radiogroup"
      aria-label={label}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      aria-invalid={invalid || undefined}
      aria-required={required || undefined}
    >
      {segments.map(({ value, label: text, name }, at) => (
        <label key={String(value)} className="segment" title={name}>
          <input
            {...(at === 0 ? first : {})}
            type="radio"
            name={group}
            aria-label={name}
            checked={value === chosen}
            onChange={() => onChoose(value)}
          />
          <span>{text}</span>
        </label>
      ))}
    </div>
  );
}
