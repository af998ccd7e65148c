// Who is connected and what they hold: sessions, entity sets, locks (`$info`).
import type { ReactNode } from 'react';
import { useCatalog } from '../api/catalog.ts';
import { ask } from '../api/connection.ts';
import { InfoList } from '../info/info-list.tsx';
import { lists, type Info } from '../info/lists.ts';
import { Icon } from '../ui/icon.tsx';
import { Failed, Loading } from '../ui/notice.tsx';
import { useLoaded } from '../ui/use-loaded.ts';

export function InfoPage(): ReactNode {
  const { mount } = useCatalog();
  const [loaded, reload] = useLoaded(`${mount}/$info`, (signal) => ask<Info>(`${mount}/$info`, { signal }));
  return (
    <div className="info-page">
      <div className="page-head">
        <h1>Sessions and sets</h1>
        <div className="page-actions">
          <button type="button" className="button" onClick={reload}>
            <Icon name="refresh" /> Refresh
          </button>
        </div>
      </div>
      {loaded.kind === 'loading' && <Loading what="sessions" />}
      {loaded.kind === 'failed' && <Failed error={loaded.error} retry={reload} />}
      {loaded.kind === 'ready' &&
        lists.map((list) => <InfoList key={list.title} list={list} info={loaded.value} reload={reload} />)}
    </div>
  );
}
