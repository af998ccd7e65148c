// True, false or, where it may be, null.
import type { ReactNode } from 'react';
import { Segments, type Segment } from '../../ui/segments.tsx';
import { isRequired, value, type InputProps } from '../cell.ts';

const choices: readonly Segment<boolean | null>[] = [true, false, null].map((choice) => ({
  value: choice,
  label: String(choice),
}));

export function BoolInput({ id, attribute, draft, onChange, describedBy, invalid }: InputProps): ReactNode {
  const held = draft.kind === 'value' && typeof draft.value === 'boolean' ? draft.value : null;
  return (
    <Segments
      segments={attribute.not_null ? choices.slice(0, 2) : choices}
      chosen={held}
      onChoose={(choice) => onChange(value(choice))}
      labelledBy={`${id}-label`}
      describedBy={describedBy}
      invalid={invalid}
      required={isRequired(attribute)}
      first={{ id }}
    />
  );
}
