// Who is connected and what they hold: sessions, entity sets, locks (`$info`).
import type { ReactNode } from 'react';
import { useCatalog } from '../api/catalog.ts';
import { ask, userOf } from '../api/connection.ts';
import { printInstant } from '../cells/date/view.tsx';
import { errorLines } from '../api/error-lines.ts';
import { announce } from '../ui/announce.ts';
import { Confirm } from '../ui/confirm.tsx';
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
  /** The rows are sessions, which can be ended. */
  readonly sessions?: true;
}

const lists: readonly Listed[] = [
  {
    title: 'Sessions',
    none: 'No session is open',
    rows: ({ sessionInfo = [] }) => sessionInfo,
    sessions: true,
    columns: [
      ['Session', 'sessionID'],
      ['User', 'userName'],
      ['Life in seconds', 'lifeTime'],
      ['Expires', 'expiration'],
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
      ['Expires', 'expires'],
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
        lists.map((list) => <List key={list.title} list={list} info={loaded.value} reload={reload} />)}
    </div>
  );
}

function List({
  list: { title, none, rows, columns, sessions },
  info,
  reload,
}: {
  readonly list: Listed;
  readonly info: Info;
  readonly reload: () => void;
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
                {sessions && (
                  <th scope="col">
                    <span className="sr-only">End</span>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {listed.map((row, at) => (
                <tr key={at}>
                  {columns.map(([name, field]) => (
                    <td key={name}>{printed(row[field])}</td>
                  ))}
                  {sessions && (
                    <td className="row-action">
                      <EndSession session={row} ended={reload} />
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** Only who administers the server is told whole ids, and may end other sessions than its own. */
const isWhole = (id: string): boolean => /^[0-9A-F]{32}$/.test(id);

function EndSession({ session, ended }: { readonly session: Row; readonly ended: () => void }): ReactNode {
  const { mount } = useCatalog();
  const id = String(session['sessionID']);
  const end = async (): Promise<void> => {
    try {
      if (isWhole(id)) await ask(`${mount}/$info/sessionInfo/release/${id}`, { method: 'POST' });
      else {
        await userOf(mount).logout();
        // What was read may be more than a guest may see.
        return location.reload();
      }
      announce(`The session ${id.slice(0, 8)} is ended`);
      ended();
    } catch (error) {
      announce(errorLines(error).join(' '), 'failed');
    }
  };
  return (
    <Confirm
      label="End"
      name={`End session ${id.slice(0, 8)}`}
      wide
      question={`End the session of ${String(session['userName'])}?`}
      detail="Its locks, uploads and entity sets go with it, and whoever is logged in there has to log in again."
      yes="End"
      onYes={() => void end()}
    />
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
