// A dataclass: the filter, the list, and the entity that stands open beside it.
import { KeystampError } from '@keystamp/client';
import { useMemo, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { dataClassOf, useCatalog, type DataClass } from '../api/catalog.ts';
import { errorLines } from '../api/error-lines.ts';
import { FilterBox } from '../filter/filter-box.tsx';
import { EntityForm } from '../form/entity-form.tsx';
import { defaultPaths, paramsOf, readColumns } from '../grid/columns.ts';
import { Grid } from '../grid/grid.tsx';
import { printOrder, readOrder } from '../grid/order.ts';
import { useSelection } from '../grid/use-selection.ts';
import { navigate } from '../navigation.ts';
import { href, type Search } from '../route.ts';
import { FaultBanner } from '../ui/banner.tsx';
import { Icon } from '../ui/icon.tsx';
import { Link } from '../ui/link.tsx';
import { Empty, Failed, Nowhere } from '../ui/notice.tsx';
import { DataHead } from './data-head.tsx';

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

  const page = useRef<HTMLDivElement>(null);
  /** Who opened an entity with the keyboard goes on in it, and comes back to the list. */
  const entered = useRef(false);
  const close = (): void => {
    go({ open: undefined });
    page.current?.querySelector<HTMLElement>('.grid')?.focus();
  };
  const leaveWithEscape = (event: KeyboardEvent): void => {
    const inDialog = (event.target as Element).closest('dialog') !== null;
    if (event.key !== 'Escape' || inDialog) return;
    // The question that may be asked now would take the same key for an answer.
    event.preventDefault();
    close();
  };
  return (
    <div className="data-page" ref={page}>
      <div className={open === undefined ? 'data-top' : 'data-top divided'}>
        <DataHead
          dataClass={dataClass}
          selection={selection}
          columns={columns}
          search={{ $filter: filter, $orderby: orderby }}
          onColumns={(paths) => go({ $attributes: paths?.join(',') }, 'replace')}
        />
        <FilterBox
          dataClass={dataClass}
          filter={filter}
          error={filterError}
          onApply={(next) => (next === filter ? selection.renew() : go({ $filter: next }))}
        />
        {state.kind === 'ready' && state.fault !== undefined && (
          <FaultBanner lines={errorLines(state.fault)}>
            <button type="button" className="button" onClick={selection.retry}>
              <Icon name="refresh" /> Try again
            </button>
          </FaultBanner>
        )}
      </div>
      <div className={open === undefined ? 'split' : 'split divided'}>
        {filterError ? (
          <Empty title="The filter is not understood">
            <ShowAll onClick={() => go({ $filter: undefined })} />
          </Empty>
        ) : state.kind === 'failed' ? (
          <Failed error={state.error} retry={selection.renew} />
        ) : state.kind === 'ready' && state.count === 0 ? (
          <Empty title={filter === '' ? `No ${dataClass.name} yet` : `No ${dataClass.name} matches the filter`}>
            {filter === '' ? (
              <Link className="button" to={href({ kind: 'new', dataClass: dataClass.name })}>
                <Icon name="plus" /> Make the first one
              </Link>
            ) : (
              <ShowAll onClick={() => go({ $filter: undefined })} />
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
            onOpen={(key, enter) => {
              entered.current = enter;
              if (key === open && enter) page.current?.querySelector<HTMLElement>('.panel')?.focus();
              else if (key !== open) go({ open: key }, open === undefined ? 'push' : 'replace');
            }}
            onClose={close}
          />
        )}
        {open !== undefined && (
          <aside
            key={open}
            className="panel"
            aria-label={`${dataClass.name} ${open}`}
            tabIndex={-1}
            ref={(element) => {
              if (!element || !entered.current) return;
              entered.current = false;
              element.focus();
            }}
            onKeyDown={leaveWithEscape}
          >
            <EntityForm dataClass={dataClass} entityKey={open} onClose={close} />
          </aside>
        )}
      </div>
    </div>
  );
}

function ShowAll({ onClick }: { readonly onClick: () => void }): ReactNode {
  return (
    <button type="button" className="button" onClick={onClick}>
      Show all
    </button>
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
