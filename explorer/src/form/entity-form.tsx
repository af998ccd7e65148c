// An entity with all its attributes to look at and to edit.
import { useCallback, useEffect, useRef, type FormEvent, type ReactNode } from 'react';
import type { Attribute, DataClass } from '../api/catalog.ts';
import { holdView, navigate, releaseView } from '../navigation.ts';
import { href } from '../route.ts';
import { Failed, Loading } from '../ui/notice.tsx';
import { EntityFoot } from './entity-foot.tsx';
import { EntityHead } from './entity-head.tsx';
import { Field } from './field.tsx';
import { GoneNotice } from './gone-notice.tsx';
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
  const { editing, edit, choose, discard, save, remove, reload } = useEditing(dataClass, entityKey);
  const form = useRef<HTMLFormElement>(null);
  const changed = editing.kind !== 'loading' && editing.kind !== 'failed' && editing.draft.size > 0;
  useEffect(() => {
    if (!changed) return;
    holdView();
    return releaseView;
  }, [changed]);
  const focusFault = useCallback((): void => {
    const fault = form.current?.querySelector<HTMLElement>('[aria-invalid]');
    (fault?.querySelector('input') ?? fault)?.focus();
  }, []);
  const wrong = editing.kind === 'ready' && editing.errors.byAttribute.size > 0;
  // What was typed last may be far from what is wrong.
  useEffect(() => {
    if (wrong) focusFault();
  }, [wrong, focusFault]);

  if (editing.kind === 'loading') return <Loading what={`${dataClass.name} ${entityKey ?? ''}`} />;
  if (editing.kind === 'failed') return <Failed error={editing.error} retry={() => void reload()} />;
  if (editing.kind === 'gone')
    return <GoneNotice dataClass={dataClass} entityKey={entityKey} draft={editing.draft} onClose={onClose} />;

  const { stored, draft, meeting, choices, errors, saving } = editing;
  const clashes = meeting?.clashes.filter(({ attribute }) => draft.has(attribute.name)) ?? [];
  const undecided = clashes.filter(({ attribute }) => !choices.has(attribute.name)).length;
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (undecided > 0) return;
    if ([...draft.values()].some(({ kind }) => kind === 'unreadable')) return focusFault();
    const key = await save();
    if (key === undefined || entityKey !== undefined) return;
    releaseView();
    navigate(href({ kind: 'entity', dataClass: dataClass.name, key }), 'replace');
  };
  const leave = (): void => {
    releaseView();
    if (onClose) onClose();
    else navigate(href({ kind: 'dataClass', dataClass: dataClass.name }), 'replace');
  };
  const pictures = dataClass.attributes.filter(({ value }) => value === 'image');
  const others = dataClass.attributes.filter(({ value }) => value !== 'image');
  const field = (attribute: Attribute): ReactNode => (
    <Field
      key={attribute.name}
      attribute={attribute}
      dataClass={dataClass}
      entityKey={entityKey}
      stored={stored[attribute.name]}
      draft={draft.get(attribute.name)}
      errors={errors.byAttribute.get(attribute.name)}
      clash={clashes.find((clash) => clash.attribute.name === attribute.name)}
      choice={choices.get(attribute.name)}
      onChange={edit}
      onChoose={choose}
    />
  );
  return (
    <form className="entity" ref={form} onSubmit={(event) => void submit(event)} noValidate>
      <EntityHead
        dataClass={dataClass}
        entityKey={entityKey}
        stored={stored}
        onErase={() => void remove(leave)}
        onClose={onClose}
      />
      {meeting && draft.size > 0 && (
        <MeetingNotice meeting={meeting} clashes={clashes} undecided={undecided} onChoose={choose} />
      )}
      <div className={pictures.length > 0 ? 'fields pictured' : 'fields'}>
        {pictures.length > 0 && <div className="field-pictures">{pictures.map(field)}</div>}
        <div className="field-list">{others.map(field)}</div>
      </div>
      {(draft.size > 0 || entityKey === undefined || errors.general.length > 0) && (
        <EntityFoot
          isNew={entityKey === undefined}
          changed={draft.size}
          undecided={undecided}
          saving={saving}
          errors={errors}
          onDiscard={discard}
        />
      )}
    </form>
  );
}
