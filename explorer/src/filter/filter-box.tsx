// The filter of a list: coloured while it is typed, completed at the caret, with a complaint under the words it is about.
import { KeystampError } from '@keystamp/client';
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { useCatalog, type DataClass } from '../api/catalog.ts';
import { errorLines } from '../api/error-lines.ts';
import { Icon } from '../ui/icon.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { optionId, Options, stepThrough } from '../ui/options.tsx';
import { completions, isMixed, type Completion } from './completions.ts';
import { errorPlace } from './error-place.ts';
import { FilterText } from './filter-text.tsx';
import { caretIn } from './tokens.ts';
import { useValues } from './use-values.ts';

interface FilterBoxProps {
  readonly dataClass: DataClass;
  /** In force. */
  readonly filter: string;
  /** Why the server refused it. */
  readonly error: unknown;
  readonly onApply: (filter: string) => void;
}

const mostListed = 40;

export function FilterBox({ dataClass, filter, error, onApply }: FilterBoxProps): ReactNode {
  const catalog = useCatalog();
  const [text, setText] = useState(filter);
  const [position, setPosition] = useState<number>();
  /** The completion that the arrow keys stand on; -1 while Enter means the whole filter. */
  const [active, setActive] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const ids = useId();
  const list = `${ids}-list`;
  useEffect(() => setText(filter), [filter]);

  const caret = position === undefined ? undefined : caretIn(text, position);
  const values = useValues(caret, catalog, dataClass);
  const listed: readonly Completion[] =
    position === undefined || !caret
      ? []
      : completions(text, position, caret, catalog, dataClass, values).slice(0, mostListed);
  const failure = error instanceof KeystampError && text === filter ? error : undefined;

  const look = (): void => {
    setPosition(input.current?.selectionStart ?? undefined);
    setActive(-1);
  };
  const close = (): void => setPosition(undefined);
  const apply = (next: string): void => {
    close();
    onApply(next.trim());
  };
  const choose = (completion: Completion): void => {
    // At once: who types fast must not find the caret moved afterwards.
    flushSync(() => {
      setText(completion.filter);
      setActive(-1);
      setPosition(completion.more ? completion.position : undefined);
    });
    input.current?.focus();
    input.current?.setSelectionRange(completion.position, completion.position);
  };
  const press = (event: KeyboardEvent): void => {
    const completion = listed[Math.max(active, 0)];
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp':
        event.preventDefault();
        if (position === undefined) return look();
        if (listed.length > 0) setActive(stepThrough(active, event.key === 'ArrowDown' ? 1 : -1, listed.length));
        return;
      case 'Tab':
        if (
          event.shiftKey ||
          !completion ||
          text.trim() === '' ||
          (active < 0 && caretIn(text, position ?? 0).typed === '')
        )
          return;
        event.preventDefault();
        return choose(completion);
      case 'Enter':
        event.preventDefault();
        return active >= 0 && completion ? choose(completion) : apply(text);
      case 'Escape':
        if (position !== undefined) event.stopPropagation();
        return close();
      default:
    }
  };
  return (
    <search className="filter">
      <div className={failure ? 'filter-field wrong' : 'filter-field'}>
        <Icon name="search" />
        <div className="filter-text">
          <FilterText text={text} wrong={failure && errorPlace(text, failure)} input={input} />
          <input
            ref={input}
            type="text"
            role="combobox"
            aria-label={`Filter ${dataClass.name}`}
            aria-expanded={listed.length > 0}
            aria-controls={listed.length > 0 ? list : undefined}
            aria-autocomplete="list"
            aria-activedescendant={active >= 0 ? optionId(list, active) : undefined}
            aria-invalid={failure ? true : undefined}
            aria-describedby={failure ? `${ids}-error` : undefined}
            autoComplete="off"
            spellCheck={false}
            placeholder={`Filter, such as ${example(dataClass)}`}
            value={text}
            onChange={({ target }) => {
              setText(target.value);
              setPosition(target.selectionStart ?? target.value.length);
              setActive(-1);
            }}
            onFocus={look}
            onClick={look}
            onKeyUp={({ key }) => ['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(key) && look()}
            onKeyDown={press}
            onBlur={close}
          />
        </div>
        {text !== '' && (
          <IconButton
            icon="close"
            name="Clear the filter"
            onClick={() => {
              apply('');
              input.current?.focus();
            }}
          />
        )}
        {text.trim() !== filter && (
          <button type="button" className="button primary" onClick={() => apply(text)}>
            Apply
          </button>
        )}
        {listed.length > 0 && (
          <Options
            className="filter-options"
            id={list}
            label="Completions"
            options={listed.map(({ label, detail }) => ({
              key: label,
              label: <span className="mono">{label}</span>,
              detail,
            }))}
            active={active}
            onChoose={(at) => choose(listed[at] as Completion)}
          />
        )}
      </div>
      {failure && (
        <p className="filter-error" id={`${ids}-error`} role="alert">
          {errorLines(failure)[0]}
        </p>
      )}
      {!failure && isMixed(text) && (
        <p className="filter-hint">
          Read from left to right: write brackets where <code>and</code>, <code>or</code> and <code>except</code> meet.
        </p>
      )}
    </search>
  );
}

/** A filter that this class would understand. */
function example({ attributes, labels }: DataClass): string {
  const relation = attributes.find(({ value }) => value === 'relatedEntity');
  const number = attributes.find(
    ({ value, identifying, name }) => value === 'number' && !identifying && !/id$/i.test(name),
  );
  const label = labels.at(-1);
  return [label && `${label} = A@`, number ? `${number.name} > 1000` : relation && `${relation.name} = null`]
    .filter(Boolean)
    .join(' and ');
}
