// Which attributes are columns, those of related entities included, and in which order.
import { useState, type ReactNode } from 'react';
import { dataClassOf, useCatalog, type DataClass } from '../api/catalog.ts';
import { describe } from '../filter/completions.ts';
import { Icon } from '../ui/icon.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Popover } from '../ui/popover.tsx';

interface ColumnChoiceProps {
  readonly dataClass: DataClass;
  readonly paths: readonly string[];
  /** Undefined goes back to the default ones. */
  readonly onChange: (paths: readonly string[] | undefined) => void;
}

export function ColumnChoice({ dataClass, paths, onChange }: ColumnChoiceProps): ReactNode {
  return (
    <Popover
      label={
        <>
          <Icon name="columns" /> <span className="word">Columns</span>
        </>
      }
    >
      {() => <Choice dataClass={dataClass} paths={paths} onChange={onChange} />}
    </Popover>
  );
}

function Choice({ dataClass, paths, onChange }: ColumnChoiceProps): ReactNode {
  const catalog = useCatalog();
  const [search, setSearch] = useState('');
  const own = dataClass.attributes
    .filter(({ value }) => value !== 'relatedEntities')
    .map((attribute) => ({ path: attribute.name, attribute }));
  const related = dataClass.attributes
    .filter(({ value }) => value === 'relatedEntity')
    .flatMap(({ name, target }) =>
      (dataClassOf(catalog, target ?? '')?.attributes ?? [])
        .filter(({ value }) => !['relatedEntity', 'relatedEntities', 'image', 'blob'].includes(value))
        .map((attribute) => ({ path: `${name}.${attribute.name}`, attribute })),
    );
  const listed = [...own, ...related].filter(({ path }) => path.toLowerCase().includes(search.trim().toLowerCase()));
  const toggle = (path: string): void =>
    onChange(paths.includes(path) ? paths.filter((shown) => shown !== path) : [...paths, path]);
  const move = (path: string, by: -1 | 1): void => {
    const from = paths.indexOf(path);
    const next = [...paths];
    next.splice(from, 1);
    next.splice(from + by, 0, path);
    onChange(next);
  };
  return (
    <div className="column-choice">
      <input
        type="search"
        className="input"
        aria-label="Find an attribute"
        placeholder="Find an attribute"
        autoFocus
        value={search}
        onChange={({ target }) => setSearch(target.value)}
      />
      <ul>
        {listed
          .toSorted((a, b) => place(paths, a.path) - place(paths, b.path))
          .map(({ path, attribute }) => {
            const at = paths.indexOf(path);
            return (
              <li key={path}>
                <label>
                  <input
                    type="checkbox"
                    checked={at >= 0}
                    disabled={at >= 0 && paths.length === 1}
                    onChange={() => toggle(path)}
                  />
                  <span className="one-line">{path}</span>
                  <small className="muted">{describe(attribute)}</small>
                </label>
                {at >= 0 && (
                  <>
                    <IconButton
                      icon="up"
                      name={`Move ${path} to the left`}
                      disabled={at === 0}
                      onClick={() => move(path, -1)}
                    />
                    <IconButton
                      icon="down"
                      name={`Move ${path} to the right`}
                      disabled={at === paths.length - 1}
                      onClick={() => move(path, 1)}
                    />
                  </>
                )}
              </li>
            );
          })}
      </ul>
      {listed.length === 0 && <p className="muted">No attribute is called so</p>}
      <button type="button" className="button quiet" onClick={() => onChange(undefined)}>
        Default columns
      </button>
    </div>
  );
}

/** Columns first, in their order; the others behind. */
const place = (paths: readonly string[], path: string): number => {
  const at = paths.indexOf(path);
  return at < 0 ? paths.length : at;
};
