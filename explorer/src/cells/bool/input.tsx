// True, false or, where it may be, null.
import type { ReactNode } from 'react';
import { controlProps, value, type InputProps } from '../cell.ts';

export function BoolInput(props: InputProps): ReactNode {
  const { id, attribute, draft, onChange, describedBy } = props;
  const held = draft.kind === 'value' ? draft.value : null;
  const choices = attribute.not_null ? [true, false] : [true, false, null];
  return (
    <div className="segments" role="radiogroup" aria-labelledby={`${id}-label`} aria-describedby={describedBy}>
      {choices.map((choice, at) => (
        <label key={String(choice)} className="segment">
          <input
            {...(at === 0 ? controlProps(props) : {})}
            type="radio"
            name={id}
            checked={(held ?? null) === choice}
            onChange={() => onChange(value(choice))}
          />
          <span>{String(choice)}</span>
        </label>
      ))}
    </div>
  );
}
