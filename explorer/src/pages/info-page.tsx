// Who is connected and what they hold: sessions, entity sets, locks (`$info`).
import type { ReactNode } from 'react';
import { ask } from '../api/connection.ts';
import { printInstant } from '../cells/date/view.tsx';
import { Icon } from '../ui/icon.tsx';
import { Failed, Loading } from '../ui/notice.tsx';
import { useLoaded } from '../ui/use-loaded.ts';

type Row = Readonly<Record<string, unknown>>;

interface Info {
  readonly entitySet?: readonly Row[];
  readonly sessionInfo?: readonly Row[];
  readonly lockInfo?: readonly Row[];
}

interface Listed {
  readonly title: string;
  readonly none: string;
  readonly rows: (info: Info) => readonly Row[];
  readonly columns: readonly (readonly [name: string, field: string])[];
}

const lists: readonly Listed[] = [
  {
    title: 'Sessions',
    none: 'No session is open',
    rows: ({ sessionInfo = [] }) => sessionInfo,
    columns: [
      ['Session', 'sessionID'],
      ['User', 'userName'],
      ['Life in seconds', 'lifeTime'],
      ['Ends', 'expiration'],
    ],
  },
  {
    title: 'Entity sets',
    none: 'No set is kept',
    rows: ({ entitySet = [] }) => entitySet,
    columns: [
      ['Set', 'id'],
      ['Dataclass', 'tableName'],
      ['Entities', 'selectionSize'],
      ['Sorted', 'sorted'],
      ['Used', 'refreshed'],
      ['Ends', 'expires'],
    ],
  },
  {
    title: 'Locks',
    none: 'Nothing is locked',
    rows: ({ lockInfo = [] }) => lockInfo,
    columns: [
      ['Dataclass', 'tableName'],
      ['Key', 'key'],
      ['Session', 'sessionID'],
      ['Since', 'taken'],
    ],
  },
];

export function InfoPage(): ReactNode {
  const [loaded, reload] = useLoaded('$info', (signal) => ask<Info>('$info', { signal }));
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
      {loaded.kind === 'ready' && lists.map((list) => <List key={list.title} list={list} info={loaded.value} />)}
    </div>
  );
}

function List({
  list: { title, none, rows, columns },
  info,
}: {
  readonly list: Listed;
  readonly info: Info;
}): ReactNode {
  const listed = rows(info);
  return (
    <section className="info-list">
      <h2>
        {title} <span className="count">{listed.length}</span>
      </h2>
      {listed.length === 0 ? (
        <p className="muted">{none}</p>
      ) : (
        <div className="table-scroll" tabIndex={0} role="region" aria-label={title}>
          <table>
            <thead>
              <tr>
                {columns.map(([name]) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {listed.map((row, at) => (
                <tr key={at}>
                  {columns.map(([name, field]) => (
                    <td key={name}>{printed(row[field])}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function printed(value: unknown): ReactNode {
  if (value === undefined || value === null || value === '') return <span className="muted">–</span>;
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value))
    return <time title={value}>{printInstant(value)}</time>;
  return (
    <span className={typeof value === 'string' && /^[0-9A-F]{8}/.test(value) ? 'mono' : undefined}>
      {String(value)}
    </span>
  );
}
