// Text: one line, or as many as it takes. An emptied field is an empty text; null is chosen by its button.
import type { ReactNode } from 'react';
import { controlProps, isNull, textOf, value, type InputProps } from '../cell.ts';

export function TextInput(props: InputProps): ReactNode {
  const { attribute, draft, onChange } = props;
  const text = textOf(draft);
  const shared = {
    ...controlProps(props),
    className: 'input',
    value: text,
    placeholder: isNull(draft) ? 'null' : '',
    maxLength: attribute.maxLength,
    onChange: ({ target }: { readonly target: { readonly value: string } }) => onChange(value(target.value)),
  };
  if (attribute.multiLine || text.length > 60 || text.includes('\n')) return <textarea rows={3} {...shared} />;
  return <input type="text" {...shared} />;
}
