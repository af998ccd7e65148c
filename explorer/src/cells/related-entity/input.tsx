// Which entity stands at the other end: searched by name, chosen from what the server finds.
import type { WireEntity, WireSelection } from '@keystamp/client';
import { useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { dataClassOf, labelOf, useCatalog, type DataClass } from '../../api/catalog.ts';
import { ask } from '../../api/connection.ts';
import { errorLines } from '../../api/error-lines.ts';
import { href } from '../../route.ts';
import { IconButton, IconLink } from '../../ui/icon-button.tsx';
import { optionId, Options, stepThrough } from '../../ui/options.tsx';
import { useLoaded, type Loaded } from '../../ui/use-loaded.ts';
import { controlProps, value, type InputProps } from '../cell.ts';
import { relatedKey } from './view.tsx';

const mostFound = 12;
/** While somebody types nothing is asked. */
const pauseMs = 180;

export function RelatedEntityInput(props: InputProps): ReactNode {
  const { attribute, draft, onChange } = props;
  const catalog = useCatalog();
  const target = dataClassOf(catalog, attribute.target ?? '');
  const [text, setText] = useState<string>();
  const [active, setActive] = useState(0);
  const listId = useId();
  const input = useRef<HTMLInputElement>(null);
  const held = draft.kind === 'value' ? draft.value : null;
  const key = relatedKey(held);
  const open = text !== undefined;
  const [found] = useLoaded(`${target?.name}:${text ?? ''}:${open}`, (signal) =>
    open && target ? search(target, text, signal) : Promise.resolve([]),
  );
  const entities = found.kind === 'ready' ? found.value : [];
  const shown =
    !target || key === undefined ? '' : typeof held === 'object' ? labelOf(target, { __KEY: key, ...held }) : key;

  const choose = (entity: WireEntity): void => {
    onChange(value(entity));
    setText(undefined);
    input.current?.focus();
  };
  const press = (event: KeyboardEvent): void => {
    const { length } = entities;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open) setText('');
      else if (length > 0) setActive(stepThrough(active, event.key === 'ArrowDown' ? 1 : -1, length));
    } else if (event.key === 'Enter' && open) {
      event.preventDefault();
      const entity = entities[active];
      if (entity) choose(entity);
    } else if (event.key === 'Escape' && open) {
      event.stopPropagation();
      setText(undefined);
    }
  };
  return (
    <div className="input-row relation-field">
      <div className="combobox">
        <input
          {...controlProps(props)}
          ref={input}
          type="text"
          role="combobox"
          className="input"
          autoComplete="off"
          aria-expanded={open && entities.length > 0}
          aria-controls={open && entities.length > 0 ? listId : undefined}
          aria-autocomplete="list"
          aria-activedescendant={open && entities[active] ? optionId(listId, active) : undefined}
          placeholder={open && shown !== '' ? shown : 'null'}
          value={text ?? shown}
          onChange={({ target: { value: typed } }) => {
            setText(typed);
            setActive(0);
          }}
          onKeyDown={press}
          onBlur={() => setText(undefined)}
        />
        {open && target && (
          <Found
            id={listId}
            target={target}
            found={found}
            entities={entities}
            active={active}
            onChoose={(at) => choose(entities[at] as WireEntity)}
          />
        )}
      </div>
      {target && key !== undefined && (
        <IconLink
          icon="right"
          name={`Open ${attribute.name}`}
          to={href({ kind: 'entity', dataClass: target.name, key })}
        />
      )}
      <IconButton
        icon="close"
        name={`Clear ${attribute.name}`}
        disabled={key === undefined}
        onClick={() => onChange(value(null))}
      />
    </div>
  );
}

interface FoundProps {
  readonly id: string;
  readonly target: DataClass;
  readonly found: Loaded<readonly WireEntity[]>;
  readonly entities: readonly WireEntity[];
  readonly active: number;
  readonly onChoose: (at: number) => void;
}

/** The entities to choose from, or why there are none. */
function Found({ id, target, found, entities, active, onChoose }: FoundProps): ReactNode {
  if (entities.length > 0)
    return (
      <Options
        id={id}
        label={`${target.name} entities`}
        options={entities.map((entity) => ({
          key: String(entity.__KEY),
          label: <span className="one-line">{labelOf(target, entity)}</span>,
          detail: <span className="mono">{entity.__KEY}</span>,
        }))}
        active={active}
        onChoose={onChoose}
      />
    );
  if (found.kind === 'loading') return null;
  return (
    <p className="options muted" role="status">
      {found.kind === 'failed' ? errorLines(found.error)[0] : 'Nothing found'}
    </p>
  );
}

/** Entities whose name begins with the text or whose key it is. */
async function search(dataClass: DataClass, text: string, signal: AbortSignal): Promise<readonly WireEntity[]> {
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
  signal.throwIfAborted();
  const names = dataClass.labels.map((label, at) => `(${label} begin :${at + 1})`);
  const asks = text.trim() !== '' && names.length > 0;
  const answer = await ask<WireSelection>(dataClass.path, {
    params: {
      ...(asks && { $filter: names.join(' or '), $params: JSON.stringify(names.map(() => text.trim())) }),
      ...(names.length > 0 && { $attributes: dataClass.labels.join(','), $orderby: dataClass.labels.at(-1) }),
      $top: mostFound,
    },
    signal,
    quiet: true,
  });
  return answer.__ENTITIES;
}
