// A dataclass: the filter, the list, and the entity that stands open beside it.
import { KeystampError } from '@keystamp/client';
import { useMemo, type ReactNode } from 'react';
import { dataClassOf, useCatalog, type DataClass } from '../api/catalog.ts';
import { FilterBox } from '../filter/filter-box.tsx';
import { EntityForm } from '../form/entity-form.tsx';
import { ColumnChoice } from '../grid/column-choice.tsx';
import { defaultPaths, paramsOf, readColumns } from '../grid/columns.ts';
import { Grid } from '../grid/grid.tsx';
import { printOrder, readOrder } from '../grid/order.ts';
import { useSelection } from '../grid/use-selection.ts';
import { href, navigate, type Search } from '../route.ts';
import { Icon } from '../ui/icon.tsx';
import { Link } from '../ui/link.tsx';
import { Empty, Failed, Nowhere } from '../ui/notice.tsx';

interface DataPageProps {
  readonly dataClass: DataClass;
  readonly search: URLSearchParams;
}

export function DataPage({ dataClass, search }: DataPageProps): ReactNode {
  const catalog = useCatalog();
  const filter = search.get('$filter') ?? '';
  const orderby = search.get('$orderby') ?? '';
  const asked = search.get('$attributes') ?? '';
  const open = search.get('open') ?? undefined;
  const place = { kind: 'dataClass', dataClass: dataClass.name } as const;
  const go = (changed: Search, how: 'push' | 'replace' = 'push'): void =>
    navigate(href(place, { $filter: filter, $orderby: orderby, $attributes: asked, open, ...changed }), how);

  const callable = catalog.functions.find(
    ({ owner, level }) => owner === dataClass.name && (level === 'selection' || level === 'dataclass'),
  );
  const columns = useMemo(() => {
    const chosen = readColumns(
      asked.split(',').filter((path) => path !== ''),
      dataClass,
      catalog,
    );
    return chosen.length > 0 ? chosen : readColumns(defaultPaths(dataClass), dataClass, catalog);
  }, [asked, dataClass, catalog]);
  const params = useMemo(() => paramsOf(columns, catalog), [columns, catalog]);
  const sorting = useMemo(() => readOrder(orderby), [orderby]);
  const selection = useSelection({ dataClass, filter, orderby, params });
  const { state } = selection;
  // What the filter says is wrong is shown with the filter.
  const filterError =
    state.kind === 'failed' && filter !== '' && state.error instanceof KeystampError && state.error.status < 500
      ? state.error
      : undefined;

  return (
    <div className="data-page">
      <div className="page-head">
        <h1>{dataClass.name}</h1>
        <p className="page-count" role="status">
          {state.kind === 'ready' && (
            <>
              <strong>{state.count.toLocaleString('en').replaceAll(',', '\u202f')}</strong>{' '}
              {state.count === 1 ? 'entity' : 'entities'}
              {filter !== '' && ' found'}
            </>
          )}
        </p>
        {selection.outdated && (
          <button type="button" className="button notice-button" onClick={selection.renew}>
            <Icon name="refresh" /> Entities came or went
          </button>
        )}
        <div className="page-actions">
          <ColumnChoice
            dataClass={dataClass}
            paths={columns.map(({ path }) => path)}
            onChange={(paths) => go({ $attributes: paths?.join(',') }, 'replace')}
          />
          {callable && (
            <Link
              className="button"
              to={href({ kind: 'call' }, { function: callable.id, $filter: filter, $orderby: orderby })}
            >
              <Icon name="call" /> Functions
            </Link>
          )}
          <Link className="button" to={href({ kind: 'new', dataClass: dataClass.name })}>
            <Icon name="plus" /> New
          </Link>
        </div>
      </div>
      <FilterBox
        dataClass={dataClass}
        filter={filter}
        error={filterError}
        onApply={(next) => (next === filter ? selection.renew() : go({ $filter: next }))}
      />
      <div className={open === undefined ? 'split' : 'split divided'}>
        {state.kind === 'failed' && !filterError ? (
          <Failed error={state.error} retry={selection.renew} />
        ) : state.kind === 'ready' && state.count === 0 ? (
          <Empty title={filter === '' ? `No ${dataClass.name} yet` : `No ${dataClass.name} matches the filter`}>
            {filter === '' ? (
              <Link className="button" to={href({ kind: 'new', dataClass: dataClass.name })}>
                <Icon name="plus" /> Make the first one
              </Link>
            ) : (
              <button type="button" className="button" onClick={() => go({ $filter: undefined })}>
                Show all
              </button>
            )}
          </Empty>
        ) : (
          <Grid
            dataClass={dataClass}
            columns={columns}
            selection={selection}
            sorting={sorting}
            onSort={(next) => go({ $orderby: printOrder(next) })}
            open={open}
            onOpen={(key) => go({ open: key }, open === undefined ? 'push' : 'replace')}
          />
        )}
        {open !== undefined && (
          <aside className="panel" aria-label={`${dataClass.name} ${open}`}>
            <EntityForm key={open} dataClass={dataClass} entityKey={open} onClose={() => go({ open: undefined })} />
          </aside>
        )}
      </div>
    </div>
  );
}

/** The class that a page is about, or word that there is none. */
export function WithDataClass({
  name,
  children,
}: {
  readonly name: string;
  readonly children: (dataClass: DataClass) => ReactNode;
}): ReactNode {
  const dataClass = dataClassOf(useCatalog(), name);
  return dataClass ? children(dataClass) : <Nowhere title={`There is no dataclass ${name}`} />;
}
