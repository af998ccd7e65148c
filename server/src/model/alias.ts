// Alias attributes: their paths against the model, before it is built (faults) and after (relations to walk).
import { nameGiven } from './faults.ts';
import type { AliasDef, AttributeDef, CalculatedDef, DataClassDef, RelationDef, Scope, StorageDef } from './model.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a path leads to in a model file, or why it leads nowhere. */
type End =
  | { readonly kind: 'value' }
  | { readonly kind: 'related'; readonly dataClass: string; readonly many: boolean }
  | { readonly kind: 'fault'; readonly text: string };

/**
 * What is wrong with the path of an alias of a model file, `undefined` when nothing is. Faults of the relations on the
 * way are told with the relations.
 * @param classes the dataclasses as written
 */
export function aliasFault(classes: Fields, className: string, name: string, path: unknown): string | undefined {
  if (typeof path !== 'string') return undefined;
  const end = endOf(classes, className, path, [`${className}.${name}`]);
  return end.kind === 'fault' ? end.text : undefined;
}

/** @param trail the aliases being followed, each as `Class.name` */
function endOf(classes: Fields, className: string, path: string, trail: readonly string[]): End {
  const names = path.split('.');
  let at = className;
  let many = false;
  for (const [i, name] of names.entries()) {
    const attributes = attributesOf(classes, at);
    const attribute = attributes && Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (!isFields(attribute)) return fault(`${at} has no attribute ${name}`);
    const end = endOfStep(classes, at, name, attribute, trail);
    if (end.kind === 'fault') return end;
    const last = i + 1 === names.length;
    if (end.kind === 'value') {
      if (!last) return fault(`${at}.${name} is no relation, so nothing can follow it`);
      return many ? fault('leads through a to-many relation, so it must end in a relation, not in a value') : end;
    }
    many ||= end.many;
    at = end.dataClass;
  }
  return { kind: 'related', dataClass: at, many };
}

function endOfStep(classes: Fields, at: string, name: string, attribute: Fields, trail: readonly string[]): End {
  switch (attribute['kind']) {
    case 'relatedEntity':
    case 'relatedEntities': {
      const dataClass = nameGiven(attribute['dataClass']);
      if (!attributesOf(classes, dataClass)) return fault(`${at}.${name} leads to no dataclass`);
      return { kind: 'related', dataClass, many: attribute['kind'] === 'relatedEntities' };
    }
    case 'alias': {
      const own = `${at}.${name}`;
      if (trail.includes(own)) return fault(`goes in a circle: ${[...trail, own].join(' → ')}`);
      return endOf(classes, at, nameGiven(attribute['path']), [...trail, own]);
    }
    default:
      return { kind: 'value' };
  }
}

const fault = (text: string): End => ({ kind: 'fault', text });

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

function attributesOf(classes: Fields, name: string): Fields | undefined {
  const dataClass = Object.hasOwn(classes, name) ? classes[name] : undefined;
  const attributes = isFields(dataClass) ? dataClass['attributes'] : undefined;
  return isFields(attributes) ? attributes : undefined;
}

interface Named {
  readonly name: string;
  readonly owner: DataClassDef;
  readonly path: string;
  readonly scope: Scope;
}

/**
 * The alias of a path that `aliasFault` has nothing against. Aliases on the way are resolved, so that what is left are
 * relations of the model.
 * @param unresolved paths of the aliases of a class that are not built yet
 */
export function aliasDef(alias: Named, unresolved: (dataClass: DataClassDef, name: string) => string): AliasDef {
  const { relations, end } = walk(alias.owner, alias.path, unresolved);
  const base = { kind: 'alias', ...alias } as const;
  const steps = relations.filter((step) => step.kind === 'relatedEntity');
  if (end.kind === 'relatedEntities') return { ...base, many: true, steps: [...relations, end], target: end.target };
  // Behind a to-many relation stands a relation, as the check has seen.
  if (steps.length < relations.length && end.kind === 'relatedEntity')
    return { ...base, many: true, steps: [...relations, end], target: end.target };
  return { ...base, many: false, steps, end };
}

type EndDef = StorageDef | RelationDef | CalculatedDef;

interface Walked {
  readonly relations: readonly RelationDef[];
  readonly end: EndDef;
}

function walk(owner: DataClassDef, path: string, unresolved: (owner: DataClassDef, name: string) => string): Walked {
  const relations: RelationDef[] = [];
  let at = owner;
  let end: EndDef | undefined;
  for (const name of path.split('.')) {
    if (end) relations.push(end as RelationDef);
    const attribute: AttributeDef | undefined = at.attributes.get(name);
    if (attribute && attribute.kind !== 'alias') end = attribute;
    else {
      const inner: Walked = walk(at, unresolved(at, name), unresolved);
      relations.push(...inner.relations);
      end = inner.end;
    }
    if (end.kind === 'relatedEntity' || end.kind === 'relatedEntities') at = end.target;
  }
  return { relations, end: end as EndDef };
}
