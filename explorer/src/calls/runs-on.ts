// What a function runs on, in words.
import type { Callable, Level } from '../api/functions.ts';

/** What stands above a group of functions. */
export const groupOf = ({ owner, level }: Callable): string =>
  owner === undefined ? 'Datastore' : level === 'singleton' ? `${owner}, singleton` : owner;

/** Beside its name, where the group does not say it. */
export const levelNames: Readonly<Record<Level, string>> = {
  datastore: '',
  dataclass: 'dataclass',
  selection: 'selection',
  entity: 'entity',
  singleton: '',
};

export function runsOn({ level, owner, byGet }: Callable): string {
  const reads = byGet ? ' It only reads.' : '';
  switch (level) {
    case 'datastore':
      return `A function of the datastore.${reads}`;
    case 'dataclass':
      return `A function of the dataclass ${owner}.${reads}`;
    case 'selection':
      return `A function of selections of ${owner}: it runs on the entities that the filter finds.${reads}`;
    case 'entity':
      return `A function of one ${owner}.${reads}`;
    case 'singleton':
      return `A function of the singleton ${owner}.${reads}`;
    default:
      return level satisfies never;
  }
}
