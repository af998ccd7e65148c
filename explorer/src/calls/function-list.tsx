// The functions that may be called, by what they run on.
import type { ReactNode } from 'react';
import type { Callable } from '../api/functions.ts';
import { href, type Search } from '../route.ts';
import { Link } from '../ui/link.tsx';
import { groupOf, levelNames } from './runs-on.ts';

interface FunctionListProps {
  readonly functions: readonly Callable[];
  readonly chosen: Callable | undefined;
  readonly search: URLSearchParams;
}

export function FunctionList({ functions, chosen, search }: FunctionListProps): ReactNode {
  const groups = Map.groupBy(functions, groupOf);
  /** Another function of the same class runs on the same entities. */
  const same = ({ owner }: Callable): Search =>
    owner === undefined || owner !== chosen?.owner
      ? {}
      : Object.fromEntries(['key', '$filter', '$orderby'].map((name) => [name, search.get(name) ?? undefined]));
  return (
    <nav className="call-list" aria-label="Functions">
      {[...groups].map(([group, members]) => (
        <section key={group}>
          <h2 className="nav-title">{group}</h2>
          <ul className="nav-list">
            {members.map((fn) => (
              <li key={fn.id}>
                <Link
                  to={href({ kind: 'call' }, { function: fn.id, ...same(fn) })}
                  aria-current={fn.id === chosen?.id ? 'page' : undefined}
                >
                  <span className="nav-name">{fn.name}</span>
                  {levelNames[fn.level] !== '' && <small className="muted">{levelNames[fn.level]}</small>}
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}
