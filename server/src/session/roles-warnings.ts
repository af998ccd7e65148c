// What in a roles file is allowed, but probably not meant (spec 14 § 3.4).
import type { Model } from '../model/model.ts';
import type { AccessAction, Resource } from './access.ts';
import { Roles } from './roles.ts';
import type { RolesFile } from './roles-file.ts';

/** An entry of `permissions.allowed` with its place. */
export interface ListedEntry {
  readonly at: string;
  readonly type: Resource['kind'];
  readonly applyTo: string;
  readonly lists: readonly (readonly [AccessAction, readonly string[]])[];
}

/** @param declared privileges that include nothing, with their places */
export function rolesWarnings(
  file: RolesFile,
  entries: readonly ListedEntry[],
  declared: ReadonlyMap<string, string>,
  model: Model,
): readonly string[] {
  return [
    ...unused(file, entries, declared),
    ...entries.flatMap((entry) => [...unreadable(new Roles(file), entry), ...openKey(entry, entries, model)]),
  ];
}

/** A declared privilege that allows nothing and includes nothing was probably misspelt somewhere. */
function unused(
  { privileges }: RolesFile,
  entries: readonly ListedEntry[],
  declared: ReadonlyMap<string, string>,
): readonly string[] {
  const used = new Set(entries.flatMap(({ lists }) => lists.flatMap(([, names]) => names)));
  return [...declared]
    .filter(([name]) => !used.has(name))
    .map(([name, at]) => `${at}: the privilege ${privileges.get(name)} allows nothing`);
}

/** Update and drop need read, and an attribute never widens its dataclass: such a list does nothing for who lacks it. */
function unreadable(roles: Roles, { at, type, applyTo, lists }: ListedEntry): readonly string[] {
  if (type !== 'dataclass' && type !== 'attribute') return [];
  const [dataClass = ''] = applyTo.split('.');
  return lists.flatMap(([action, names]) => {
    const needsRead = action === 'update' || action === 'drop' || (action === 'read' && type === 'attribute');
    if (!needsRead) return [];
    const lacking = names.filter((name) => !roles.accessOf([name]).may('read', { kind: 'dataclass', name: dataClass }));
    return lacking.map((name) => `${at}.${action}: ${name} may not read ${dataClass}`);
  });
}

/** A foreign key tells what its relation tells. */
function openKey({ at, type, applyTo, lists }: ListedEntry, entries: readonly ListedEntry[], model: Model): string[] {
  const [owner = '', name = ''] = applyTo.split('.');
  const relation = model.dataClasses.get(owner)?.attributes.get(name);
  if (type !== 'attribute' || relation?.kind !== 'relatedEntity' || relation.foreignKey.scope !== 'public') return [];
  const key = `${owner}.${relation.foreignKey.name}`;
  return lists
    .filter(([action]) => action === 'read')
    .filter(() => !entries.some((other) => other.applyTo === key && other.lists.some(([action]) => action === 'read')))
    .map(() => `${at}.read: ${key} tells the same and is listed nowhere`);
}
