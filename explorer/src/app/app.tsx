// The frame around all views: the datastore on the left, the view, and the requests behind it.
import { Suspense, useEffect, type ReactNode } from 'react';
import { CatalogContext, loadCatalog } from '../api/catalog.ts';
import { followChanges } from '../api/changes.ts';
import { mountOf } from '../api/connection.ts';
import { Counted } from '../api/counts.tsx';
import { DataPage, WithDataClass } from '../pages/data-page.tsx';
import { EntityPage } from '../pages/entity-page.tsx';
import { RequestLine } from '../requests/request-line.tsx';
import { shown, type Route } from '../route.ts';
import { useStore } from '../store.ts';
import { Failed, Loading, Nowhere } from '../ui/notice.tsx';
import { useLoaded } from '../ui/use-loaded.ts';
import { Announced } from './announced.tsx';
import { Brand } from './brand.tsx';
import { LeaveDialog } from './leave-dialog.tsx';
import { CallPage, InfoPage, LoginPage, ModelPage, PicturePage } from './pages.ts';
import { Sidebar } from './sidebar.tsx';
import { useViewStart } from './use-view-start.ts';

export function App(): ReactNode {
  const route = useStore(shown);
  // Where the model itself is looked at, its request is the one behind the view.
  const [catalog, reload] = useLoaded(`catalog ${route.model ?? ''}`, (signal) =>
    loadCatalog(route.model, { signal, quiet: route.kind !== 'model' }),
  );
  useEffect(() => {
    document.title = `${titleOf(route)} · Keystamp`;
  }, [route]);
  const main = useViewStart(viewOf(route));
  const { model } = route;
  useEffect(() => followChanges(mountOf(model)), [model]);
  if (catalog.kind !== 'ready')
    return (
      <Blank>
        {catalog.kind === 'loading' ? <Loading what="the model" /> : <Failed error={catalog.error} retry={reload} />}
      </Blank>
    );
  return (
    <CatalogContext value={catalog.value}>
      <Counted catalog={catalog.value}>
        <a className="skip button" href="#view">
          Skip to the view
        </a>
        <Sidebar route={route} />
        <main id="view" tabIndex={-1} ref={main}>
          <Suspense fallback={<Loading what="the view" />}>
            <View route={route} />
          </Suspense>
        </main>
        <RequestLine view={viewOf(route)} />
        <Announced />
        <LeaveDialog />
      </Counted>
    </CatalogContext>
  );
}

/** The frame while there is no model: what comes later has its place already. */
function Blank({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <>
      <header className="sidebar">
        <div className="brand">
          <span className="brand-name">
            <Brand />
          </span>
        </div>
      </header>
      <main>{children}</main>
      <div className="requests request-bar" />
    </>
  );
}

function View({ route }: { readonly route: Route }): ReactNode {
  switch (route.kind) {
    case 'model':
      return <ModelPage model={route.model} />;
    case 'call':
      return <CallPage search={route.search} />;
    case 'info':
      return <InfoPage />;
    case 'login':
      return <LoginPage />;
    case 'dataClass':
      return (
        <WithDataClass name={route.dataClass}>
          {(dataClass) => <DataPage key={dataClass.path} dataClass={dataClass} search={route.search} />}
        </WithDataClass>
      );
    case 'new':
      return (
        <WithDataClass name={route.dataClass}>
          {(dataClass) => <EntityPage dataClass={dataClass} entityKey={undefined} />}
        </WithDataClass>
      );
    case 'entity':
      return (
        <WithDataClass name={route.dataClass}>
          {(dataClass) => <EntityPage dataClass={dataClass} entityKey={route.key} />}
        </WithDataClass>
      );
    case 'picture':
      return (
        <WithDataClass name={route.dataClass}>
          {(dataClass) => <PicturePage dataClass={dataClass} entityKey={route.key} name={route.attribute} />}
        </WithDataClass>
      );
    case 'unknown':
      return <Nowhere title={`There is nothing at ${route.path}`} />;
    default:
      return route satisfies never;
  }
}

/** Requests are kept together by what is looked at, not by how. */
const viewOf = (route: Route): string => JSON.stringify({ ...route, search: undefined });

function titleOf(route: Route): string {
  switch (route.kind) {
    case 'model':
      return 'Model';
    case 'call':
      return route.search.get('function') ?? 'Functions';
    case 'info':
      return 'Sessions and sets';
    case 'login':
      return 'User';
    case 'dataClass':
      return route.dataClass;
    case 'new':
      return `New ${route.dataClass}`;
    case 'entity':
      return `${route.dataClass} ${route.key}`;
    case 'picture':
      return `${route.attribute} of ${route.dataClass} ${route.key}`;
    case 'unknown':
      return 'Not found';
    default:
      return route satisfies never;
  }
}
