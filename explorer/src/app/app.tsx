// The frame around all views: the datastore on the left, the view, and the requests behind it.
import { lazy, Suspense, useEffect, type ReactNode } from 'react';
import { followChanges } from '../api/changes.ts';
import { mountOf } from '../api/connection.ts';
import { Counted } from '../api/counts.tsx';
import { CatalogContext, loadCatalog } from '../api/catalog.ts';
import { DataPage, WithDataClass } from '../pages/data-page.tsx';
import { EntityPage } from '../pages/entity-page.tsx';
import { RequestLine } from '../requests/request-line.tsx';
import { useRoute, type Route } from '../route.ts';
import { dismiss, useAnnouncement } from '../ui/announce.ts';
import { Icon } from '../ui/icon.tsx';
import { Failed, Loading, Nowhere } from '../ui/notice.tsx';
import { useLoaded } from '../ui/use-loaded.ts';
import { Sidebar } from './sidebar.tsx';

// What most visits do not begin with comes when it is looked at.
const ModelPage = lazy(async () => ({ default: (await import('../pages/model-page.tsx')).ModelPage }));
const PicturePage = lazy(async () => ({ default: (await import('../pages/picture-page.tsx')).PicturePage }));
const CallPage = lazy(async () => ({ default: (await import('../pages/call-page.tsx')).CallPage }));
const InfoPage = lazy(async () => ({ default: (await import('../pages/info-page.tsx')).InfoPage }));
const LoginPage = lazy(async () => ({ default: (await import('../pages/login-page.tsx')).LoginPage }));

export function App(): ReactNode {
  const route = useRoute();
  const [catalog, reload] = useLoaded(`catalog ${route.model ?? ''}`, (signal) =>
    loadCatalog(route.model, { signal, quiet: true }),
  );
  useEffect(() => {
    document.title = `${titleOf(route)} · Keystamp`;
  }, [route]);
  const { model } = route;
  useEffect(() => followChanges(mountOf(model)), [model]);
  if (catalog.kind === 'loading') return <Loading what="the model" />;
  if (catalog.kind === 'failed') return <Failed error={catalog.error} retry={reload} />;
  return (
    <CatalogContext value={catalog.value}>
      <Counted catalog={catalog.value}>
        <a className="skip" href="#view">
          To the view
        </a>
        <Sidebar route={route} />
        <main id="view" tabIndex={-1}>
          <Suspense fallback={<Loading what="the view" />}>
            <View route={route} />
          </Suspense>
        </main>
        <RequestLine view={viewOf(route)} />
        <Announced />
      </Counted>
    </CatalogContext>
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
      return 'Login';
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

function Announced(): ReactNode {
  const said = useAnnouncement();
  return (
    <div className="announced" role="status" aria-live="polite">
      {said && (
        <p key={said.id} className={said.tone}>
          <Icon name={said.tone === 'done' ? 'check' : 'warning'} />
          {said.text}
          <button type="button" className="button quiet square" aria-label="Dismiss" onClick={dismiss}>
            <Icon name="close" />
          </button>
        </p>
      )}
    </div>
  );
}
