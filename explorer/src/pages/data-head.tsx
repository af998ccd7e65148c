// What is looked at, how much of it there is, and what can be done with the list.
import type { ReactNode } from 'react';
import { useCatalog, type DataClass } from '../api/catalog.ts';
import { ColumnChoice } from '../grid/column-choice.tsx';
import type { Column } from '../grid/columns.ts';
import type { Selection } from '../grid/use-selection.ts';
import { href, type Search } from '../route.ts';
import { Icon } from '../ui/icon.tsx';
import { Link } from '../ui/link.tsx';
import { printNumber } from '../ui/print.ts';

interface DataHeadProps {
  readonly dataClass: DataClass;
  readonly selection: Selection;
  readonly columns: readonly Column[];
  /** What narrows the list. */
  readonly search: Search;
  readonly onColumns: (paths: readonly string[] | undefined) => void;
}

export function DataHead({ dataClass, selection, columns, search, onColumns }: DataHeadProps): ReactNode {
  const { functions } = useCatalog();
  const { state, outdated, renew } = selection;
  const callable = functions.find(
    ({ owner, level }) => owner === dataClass.name && (level === 'selection' || level === 'dataclass'),
  );
  return (
    <div className="page-head">
      <h1>{dataClass.name}</h1>
      <p className="page-count" role="status">
        {state.kind === 'ready' && (
          <>
            <strong>{printNumber(state.count)}</strong> {state.count === 1 ? 'entity' : 'entities'}
            {search['$filter'] !== '' && ' found'}
          </>
        )}
      </p>
      {outdated && (
        <button type="button" className="button notice-button" onClick={renew}>
          <Icon name="refresh" /> Entities came or went
        </button>
      )}
      <div className="page-actions">
        <ColumnChoice dataClass={dataClass} paths={columns.map(({ path }) => path)} onChange={onColumns} />
        {callable && (
          <Link className="button" to={href({ kind: 'call' }, { function: callable.id, ...search })}>
            <Icon name="call" /> <span className="word">Functions</span>
          </Link>
        )}
        <Link className="button primary" to={href({ kind: 'new', dataClass: dataClass.name })}>
          <Icon name="plus" /> <span className="word">New</span>
        </Link>
      </div>
    </div>
  );
}
