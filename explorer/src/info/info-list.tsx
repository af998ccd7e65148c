// One list of `$info` as a table.
import type { ReactNode } from 'react';
import { printInstant } from '../cells/date/view.tsx';
import { printDuration } from '../cells/duration/view.tsx';
import { printNumber } from '../ui/print.ts';
import { EndSession } from './end-session.tsx';
import type { Column, Info, Listed } from './lists.ts';

interface InfoListProps {
  readonly list: Listed;
  readonly info: Info;
  readonly reload: () => void;
}

const alignOf = ({ as }: Column): string | undefined => (as === 'count' || as === 'seconds' ? 'end' : undefined);

export function InfoList({ list: { title, none, rows, columns, sessions }, info, reload }: InfoListProps): ReactNode {
  const listed = rows(info);
  return (
    <section className="info-list">
      <h2>
        {title} <span className="count">{printNumber(listed.length)}</span>
      </h2>
      {listed.length === 0 ? (
        <p className="muted">{none}</p>
      ) : (
        <div className="table-scroll" tabIndex={0} role="region" aria-label={title}>
          <table>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column.name} scope="col" className={alignOf(column)}>
                    {column.name}
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
                  {columns.map((column) => (
                    <td key={column.name} className={alignOf(column)}>
                      <Value value={row[column.field]} as={column.as} />
                    </td>
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

function Value({ value, as }: { readonly value: unknown; readonly as: Column['as'] }): ReactNode {
  if (value === undefined || value === null || value === '') return <span className="muted">–</span>;
  const text = String(value);
  switch (as) {
    case 'text':
      return text;
    case 'id':
      return <span className="mono">{text}</span>;
    case 'count':
      return <span className="number">{printNumber(Number(value))}</span>;
    case 'seconds':
      return <span className="number">{printDuration(Number(value) * 1000)}</span>;
    case 'instant':
      return (
        <time className="number" dateTime={text} title={text}>
          {printInstant(text)}
        </time>
      );
    default:
      return as satisfies never;
  }
}
