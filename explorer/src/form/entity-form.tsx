// An entity with all its attributes to look at and to edit.
import { useEffect, useRef, type FormEvent, type ReactNode } from 'react';
import { labelOf, useCatalog, type DataClass } from '../api/catalog.ts';
import { guardLeaving, href, navigate } from '../route.ts';
import { printInstant } from '../cells/date/view.tsx';
import { Icon } from '../ui/icon.tsx';
import { Link } from '../ui/link.tsx';
import { Empty, Failed, Loading } from '../ui/notice.tsx';
import { Stamp } from '../ui/stamp.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { Field } from './field.tsx';
import { LockButton } from './lock-button.tsx';
import { MeetingNotice } from './meeting-notice.tsx';
import { useEditing } from './use-editing.ts';

interface EntityFormProps {
  readonly dataClass: DataClass;
  /** Undefined makes a new entity. */
  readonly entityKey: string | undefined;
  /** Beside a list the form can be closed. */
  readonly onClose?: () => void;
}

export function EntityForm({ dataClass, entityKey, onClose }: EntityFormProps): ReactNode {
  const { functions } = useCatalog();
  const { editing, edit, choose, discard, save, remove, reload } = useEditing(dataClass, entityKey);
  const form = useRef<HTMLFormElement>(null);
  const changed = editing.kind === 'ready' && editing.draft.size > 0;
  useEffect(() => (changed ? guardLeaving(() => confirm('Leave without saving the changes?')) : undefined), [changed]);
  useEffect(() => {
    if (!changed) return;
    const stay = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', stay);
    return () => removeEventListener('beforeunload', stay);
  }, [changed]);
  const wrong = editing.kind === 'ready' && editing.errors.byAttribute.size > 0;
  // What was typed last may be far from what is wrong.
  useEffect(() => {
    if (wrong) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
  }, [wrong]);

  if (editing.kind === 'loading') return <Loading what={`${dataClass.name} ${entityKey ?? ''}`} />;
  if (editing.kind === 'failed') return <Failed error={editing.error} retry={() => void reload()} />;
  if (editing.kind === 'gone')
    return (
      <Empty title={`${dataClass.name} ${entityKey} does not exist`}>
        {onClose ? (
          <button type="button" className="button" onClick={onClose}>
            Close
          </button>
        ) : (
          <Link className="button" to={href({ kind: 'dataClass', dataClass: dataClass.name })}>
            All of {dataClass.name}
          </Link>
        )}
      </Empty>
    );

  const { stored, draft, meeting, choices, errors, saving } = editing;
  const clashes = meeting?.clashes.filter(({ attribute }) => draft.has(attribute.name)) ?? [];
  const undecided = clashes.filter(({ attribute }) => !choices.has(attribute.name)).length;
  const unreadable = [...draft.values()].some(({ kind }) => kind === 'unreadable');
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (unreadable) return form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
    const key = await save();
    if (key !== undefined && entityKey === undefined)
      navigate(href({ kind: 'entity', dataClass: dataClass.name, key }), 'replace');
  };
  const erase = async (): Promise<void> => {
    if (!(await remove())) return;
    if (onClose) onClose();
    else navigate(href({ kind: 'dataClass', dataClass: dataClass.name }), 'replace');
  };
  const ownFunction = functions.find(({ owner, level }) => owner === dataClass.name && level === 'entity');
  const pictures = dataClass.attributes.filter(({ value }) => value === 'image');
  const others = dataClass.attributes.filter(({ value }) => value !== 'image');
  const field = (attribute: (typeof others)[number]): ReactNode => (
    <Field
      key={attribute.name}
      attribute={attribute}
      dataClass={dataClass}
      entityKey={entityKey}
      stored={stored[attribute.name]}
      draft={draft.get(attribute.name)}
      errors={errors.byAttribute.get(attribute.name) ?? []}
      clash={clashes.find((clash) => clash.attribute.name === attribute.name)}
      choice={choices.get(attribute.name)}
      onChange={(held) => edit(attribute, held)}
      onChoose={(choice) => choose(attribute.name, choice)}
    />
  );
  return (
    <form className="entity" ref={form} onSubmit={(event) => void submit(event)} noValidate>
      <header className="entity-head">
        <div className="entity-title">
          <p className="entity-class">
            {onClose ? (
              dataClass.name
            ) : (
              <Link to={href({ kind: 'dataClass', dataClass: dataClass.name })}>{dataClass.name}</Link>
            )}
            {entityKey !== undefined && <span className="mono"> {entityKey}</span>}
          </p>
          <h2>{entityKey === undefined ? `New ${dataClass.name}` : labelOf(dataClass, stored)}</h2>
          {entityKey !== undefined && (
            <p className="entity-facts">
              <Stamp number={stored.__STAMP} of="stamp" /> saved{' '}
              {stored.__TIMESTAMP ? printInstant(stored.__TIMESTAMP) : ''}
            </p>
          )}
        </div>
        <div className="entity-tools">
          {entityKey !== undefined && ownFunction && (
            <Link
              className="button quiet square"
              aria-label="Functions"
              title="Functions"
              to={href({ kind: 'call' }, { function: ownFunction.id, key: entityKey })}
            >
              <Icon name="call" />
            </Link>
          )}
          {entityKey !== undefined && <LockButton dataClass={dataClass} entityKey={entityKey} />}
          {entityKey !== undefined && (
            <Confirm
              label={<Icon name="trash" />}
              name="Delete"
              question={`Delete ${dataClass.name} ${entityKey}?`}
              detail="Its pictures and files go with it."
              yes="Delete"
              onYes={() => void erase()}
            />
          )}
          {onClose && entityKey !== undefined && (
            <Link
              className="button quiet square"
              aria-label="Open as a page"
              title="Open as a page"
              to={href({ kind: 'entity', dataClass: dataClass.name, key: entityKey })}
            >
              <Icon name="open" />
            </Link>
          )}
          {onClose && (
            <button type="button" className="button quiet square" aria-label="Close" title="Close" onClick={onClose}>
              <Icon name="close" />
            </button>
          )}
        </div>
      </header>
      {meeting && draft.size > 0 && (
        <MeetingNotice meeting={meeting} clashes={clashes} undecided={undecided} onChoose={choose} />
      )}
      {errors.general.length > 0 && (
        <div className="banner failed" role="alert">
          {errors.general.map((line) => (
            <p key={line}>{line}</p>
          ))}
        </div>
      )}
      <div className={pictures.length > 0 ? 'fields pictured' : 'fields'}>
        {pictures.length > 0 && <div className="field-pictures">{pictures.map(field)}</div>}
        <div className="field-list">{others.map(field)}</div>
      </div>
      {(draft.size > 0 || entityKey === undefined) && (
        <footer className="entity-foot">
          <button type="submit" className="button primary" disabled={saving || undecided > 0}>
            {saving ? 'Saving …' : entityKey === undefined ? 'Create' : 'Save'}
          </button>
          {draft.size > 0 && (
            <button type="button" className="button" disabled={saving} onClick={discard}>
              Discard
            </button>
          )}
          <span className="muted">
            {undecided > 0
              ? `${undecided} to decide`
              : draft.size > 0 && `${draft.size} ${draft.size === 1 ? 'attribute' : 'attributes'} changed`}
          </span>
        </footer>
      )}
    </form>
  );
}
