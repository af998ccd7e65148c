// Who may do what: one decision function for every door (spec 14 § 4). An `Access` stands for a set of held privileges;
// equal sets share one, so that plans can be kept for it.
import type { Permissions } from './roles-file.ts';

export const accessActions = ['read', 'create', 'update', 'drop', 'describe', 'execute', 'promote'] as const;

export type AccessAction = (typeof accessActions)[number];

/** What an action is done to; kinds and names are those of the roles file. */
export type Resource =
  | { readonly kind: 'datastore' }
  | { readonly kind: 'dataclass'; readonly name: string }
  | { readonly kind: 'attribute'; readonly dataClass: string; readonly name: string }
  /** `owner` is a dataclass, or `ds`. */
  | { readonly kind: 'method'; readonly owner: string; readonly name: string }
  | { readonly kind: 'singleton'; readonly name: string }
  | { readonly kind: 'singletonMethod'; readonly owner: string; readonly name: string };

export const datastoreName = 'ds';

/** The name of a resource as `applyTo` spells it. */
export function nameOf(resource: Resource): string {
  switch (resource.kind) {
    case 'datastore':
      return datastoreName;
    case 'dataclass':
    case 'singleton':
      return resource.name;
    case 'attribute':
      return `${resource.dataClass}.${resource.name}`;
    case 'method':
    case 'singletonMethod':
      return `${resource.owner}.${resource.name}`;
    default:
      return resource satisfies never;
  }
}

/** The privilege that everyone holds (spec 14 § 1.3). */
export const guestPrivilege = 'guest';

export class Access {
  /** Privileges in lower case, closed under `includes`, with `guest`. */
  readonly held: ReadonlySet<string>;
  /** Begins the names of the plans made for it; empty where everything is allowed. */
  readonly planKey: string;
  readonly #permissions: Permissions | 'all';
  readonly #decisions = new Map<string, boolean>();

  /** @param permissions `all`: nothing is refused, as without a roles file and for administration keys */
  constructor(held: ReadonlySet<string>, permissions: Permissions | 'all', planKey: string) {
    this.held = held;
    this.planKey = planKey;
    this.#permissions = permissions;
  }

  /** Nothing is refused. */
  get isOpen(): boolean {
    return this.#permissions === 'all';
  }

  /** Is the action allowed? Refused by default where the roles file says so; update and drop need read. */
  may(action: AccessAction, resource: Resource): boolean {
    if (this.#permissions === 'all') return true;
    const key = `${action} ${resource.kind} ${nameOf(resource)}`;
    let decided = this.#decisions.get(key);
    if (decided === undefined) this.#decisions.set(key, (decided = this.#decide(action, resource, this.#permissions)));
    return decided;
  }

  /** Does a list for `describe` refuse it, so that it must look as if it did not exist (spec 14 § 5.6)? */
  isSecret(resource: Resource): boolean {
    const permissions = this.#permissions;
    if (permissions === 'all') return false;
    if (resource.kind !== 'attribute') return this.#refuses(firstList(permissions, 'describe', resource));
    return this.isSecret(classOf(resource)) || this.#refuses(listOf(permissions, 'describe', resource));
  }

  #decide(action: AccessAction, resource: Resource, permissions: Permissions): boolean {
    if (action === 'describe') return this.#describes(resource, permissions);
    if ((action === 'update' || action === 'drop') && !this.may('read', resource)) return false;
    // An attribute adds a condition and never widens.
    if (resource.kind === 'attribute')
      return this.may(action, classOf(resource)) && !this.#refuses(listOf(permissions, action, resource));
    const list = firstList(permissions, action, resource);
    return list ? !this.#refuses(list) : !permissions.restrictedByDefault;
  }

  /** Where no list speaks of it, what may be read or run may be described (spec 14 § 4.5). */
  #describes(resource: Resource, permissions: Permissions): boolean {
    if (resource.kind === 'attribute') {
      const own = listOf(permissions, 'describe', resource) ?? listOf(permissions, 'read', resource);
      return this.may('describe', classOf(resource)) && !this.#refuses(own);
    }
    const list = firstList(permissions, 'describe', resource);
    if (list) return !this.#refuses(list);
    return this.may(resource.kind === 'datastore' || resource.kind === 'dataclass' ? 'read' : 'execute', resource);
  }

  #refuses(list: ReadonlySet<string> | undefined): boolean {
    return list !== undefined && list.isDisjointFrom(this.held);
  }
}

const classOf = ({ dataClass }: Resource & { readonly kind: 'attribute' }): Resource => ({
  kind: 'dataclass',
  name: dataClass,
});

/** Where a list is looked for, the most specific place first. */
function chain(resource: Resource): readonly Resource[] {
  const datastore: Resource = { kind: 'datastore' };
  switch (resource.kind) {
    case 'datastore':
      return [datastore];
    case 'dataclass':
    case 'singleton':
      return [resource, datastore];
    case 'attribute':
      return [resource, { kind: 'dataclass', name: resource.dataClass }, datastore];
    case 'method':
      return resource.owner === datastoreName
        ? [resource, datastore]
        : [resource, { kind: 'dataclass', name: resource.owner }, datastore];
    case 'singletonMethod':
      return [resource, { kind: 'singleton', name: resource.owner }, datastore];
    default:
      return resource satisfies never;
  }
}

/** The privileges an entry lists for the action; `undefined` when that level does not speak of it. */
const listOf = ({ entries }: Permissions, action: AccessAction, resource: Resource): ReadonlySet<string> | undefined =>
  entries.get(`${resource.kind} ${nameOf(resource)}`)?.get(action);

/** The list of the most specific level that has one. */
function firstList(
  permissions: Permissions,
  action: AccessAction,
  resource: Resource,
): ReadonlySet<string> | undefined {
  for (const level of chain(resource)) {
    const list = listOf(permissions, action, level);
    if (list) return list;
  }
  return undefined;
}

/** The privileges lent while a function runs: those of every entry that covers it (spec 14 § 6.1). */
export const promotionsOf = (permissions: Permissions, resource: Resource): readonly string[] => [
  ...new Set(chain(resource).flatMap((level) => [...(listOf(permissions, 'promote', level) ?? [])])),
];
