// One attribute of the form: its name and type, its control, what is wrong with it, and whose value it shall be.
import { memo, useId, type ReactNode } from 'react';
import type { Attribute, DataClass } from '../api/catalog.ts';
import { cellOf } from '../cells/cells.ts';
import { value, type DraftValue } from '../cells/cell.ts';
import { describe } from '../filter/completions.ts';
import { Icon } from '../ui/icon.tsx';
import type { Clash } from './draft.ts';
import type { Choice } from './editing.ts';

interface FieldProps {
  readonly attribute: Attribute;
  readonly dataClass: DataClass;
  readonly entityKey: string | undefined;
  readonly stored: unknown;
  readonly draft: DraftValue | undefined;
  readonly errors: readonly string[] | undefined;
  readonly clash: Clash | undefined;
  readonly choice: Choice | undefined;
  /** Both stay the same while the form is there: of many fields, only the one that is typed in is drawn again. */
  readonly onChange: (attribute: Attribute, draft: DraftValue) => void;
  readonly onChoose: (name: string, choice: Choice) => void;
}

export const Field = memo(function Field(props: FieldProps): ReactNode {
  const { attribute, dataClass, entityKey, stored, draft, errors = [], clash, choice, onChoose } = props;
  const onChange = (held: DraftValue): void => props.onChange(attribute, held);
  const id = useId();
  const { View, Input } = cellOf(attribute);
  const fixed =
    (attribute.fixed && attribute.value !== 'relatedEntities') || (attribute.identifying && entityKey !== undefined);
  const all = draft?.kind === 'unreadable' ? [draft.why] : errors;
  const describedBy = all.length > 0 ? `${id}-errors` : undefined;
  const textLike = attribute.value === 'text';
  return (
    <div
      className={`field ${attribute.value}${draft ? ' changed' : ''}${all.length > 0 ? ' wrong' : ''}`}
      data-attribute={attribute.name}
    >
      <div className="field-head">
        <label id={`${id}-label`} htmlFor={fixed ? undefined : id}>
          {attribute.name}
        </label>
        <span className="field-type">
          {describe(attribute)}
          {attribute.not_null && !attribute.identifying && ', mandatory'}
          {attribute.unique && !attribute.identifying && ', unique'}
        </span>
        {draft && (
          <span className="field-tools">
            <span className="sr-only">changed</span>
            <button type="button" className="button quiet small" onClick={() => onChange(value(stored ?? null))}>
              Undo
            </button>
          </span>
        )}
        {!draft && textLike && !fixed && !attribute.not_null && (stored ?? null) !== null && (
          <span className="field-tools">
            <button
              type="button"
              className="button quiet small"
              aria-label={`Set null for ${attribute.name}`}
              onClick={() => onChange(value(null))}
            >
              Set null
            </button>
          </span>
        )}
      </div>
      {fixed ? (
        <div className="field-fixed" aria-labelledby={`${id}-label`}>
          <View value={stored ?? null} attribute={attribute} place="form" />
        </div>
      ) : clash ? (
        <Choosing clash={clash} choice={choice} onChoose={(whose) => onChoose(attribute.name, whose)} name={id} />
      ) : (
        <Input
          id={id}
          attribute={attribute}
          dataClass={dataClass}
          entityKey={entityKey}
          draft={draft ?? value(stored ?? null)}
          onChange={onChange}
          invalid={all.length > 0}
          describedBy={describedBy}
        />
      )}
      {all.length > 0 && (
        <ul className="field-errors" id={`${id}-errors`}>
          {all.map((line) => (
            <li key={line}>
              <Icon name="warning" /> {line}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
});

interface ChoosingProps {
  readonly clash: Clash;
  readonly choice: Choice | undefined;
  readonly onChoose: (choice: Choice) => void;
  readonly name: string;
}

/** Both values side by side. */
function Choosing({ clash: { attribute, theirs, mine }, choice, onChoose, name }: ChoosingProps): ReactNode {
  const { View } = cellOf(attribute);
  return (
    <div className="choosing" role="radiogroup" aria-label={`Whose ${attribute.name}`}>
      {(['theirs', 'mine'] as const).map((side) => (
        <label key={side} className="choice">
          <input type="radio" name={name} checked={choice === side} onChange={() => onChoose(side)} />
          <span className="choice-side">{side === 'mine' ? 'Mine' : 'Theirs'}</span>
          <span className="choice-value">
            {side === 'theirs' ? (
              <View value={theirs ?? null} attribute={attribute} place="form" />
            ) : mine.kind === 'value' ? (
              <View value={mine.value ?? null} attribute={attribute} place="form" />
            ) : mine.kind === 'file' ? (
              mine.file.name
            ) : (
              mine.text
            )}
          </span>
        </label>
      ))}
    </div>
  );
}
