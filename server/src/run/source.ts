// From where the entities of an answer come to which they are: sets are found, relations followed, sets combined.
import { fail } from '../errors.ts';
import type { DataClassDef, Value } from '../model/model.ts';
import { classOfEntity } from '../plan/entity-ref.ts';
import type { Combination, SelectionSource, SetMember, SetSource } from '../plan/selection-plan.ts';
import { isInKeys, keysBetween, type KeyList } from '../query/key-list.ts';
import { allOf, membersOf, type Predicate } from '../query/predicate.ts';
import { relatedTo } from '../query/related-to.ts';
import type { Key, Selection, Window } from '../query/selection.ts';
import { packedMembers } from '../orm/members.ts';
import { isCalculatedOrder, type Order } from '../query/order.ts';
import type { Described } from '../orm/selection-state.ts';
import { sortMembers } from '../orm/sort-members.ts';
import type { EntitySet } from '../session/entity-sets.ts';
import type { NewSet } from '../session/new-set.ts';
import type { KeyRange } from '../store/engine.ts';
import { keysStatement } from '../store/sql/select.ts';
import type { Sql } from '../store/sql/sql.ts';
import { existsStatement } from '../store/sql/write.ts';
import type { Visit } from './context.ts';
import { findKey, missing } from './entity.ts';
import { forDatabase } from './settled.ts';
import { inCode } from './with-code.ts';

/** An expired set that is made again lives this long, unless the request says otherwise (spec 05 § 3.4). */
const rebuiltSeconds = 600;

export type Resolved =
  /** To be found by the database. */
  | { readonly kind: 'described'; readonly selection: Selection }
  /** Keys in order; deleted entities may be among them. `set`: exactly the members of that set. */
  | { readonly kind: 'listed'; readonly keys: KeyList; readonly set?: EntitySet };

/** @throws KeystampError 1802, 1803, 1543, 1587, 1820 */
export async function resolveSource(
  asked: SelectionSource,
  timeoutSeconds: number | undefined,
  visit: Visit,
): Promise<Resolved> {
  const selection = await forDatabase(asked.selection, visit);
  if (isCalculatedOrder(selection.order)) return sortedHere({ ...asked, selection }, timeoutSeconds, visit);
  return resolveSettled({ ...asked, selection }, timeoutSeconds, visit);
}

/** @param source code has answered for its part of it */
async function resolveSettled(
  source: SelectionSource,
  timeoutSeconds: number | undefined,
  visit: Visit,
): Promise<Resolved> {
  const { selection, set: from, relation, combination } = source;
  const { dataClass } = selection;
  if (relation) {
    const key = await findKey(relation.entity, visit);
    if (!key || !(await visit.services.engine.row(existsStatement(relation.attribute.owner, key))))
      throw missing(relation.entity);
    const related = relatedTo(relation.attribute, key);
    return { kind: 'described', selection: { ...selection, predicate: allOf(related, selection.predicate) } };
  }
  const set = from && (await findSet(from, dataClass, timeoutSeconds, visit));
  if (combination) return combine(source, combination, set, visit);
  if (!set) return { kind: 'described', selection };
  const members = await visit.services.sets.keys(set);
  if (!source.reshaped && !source.clean) return { kind: 'listed', keys: members, set };
  const narrowed = within(members, selection);
  if (selection.order.length > 0) return { kind: 'described', selection: narrowed };
  // Members stand in the order of their set unless the request orders them (spec 05 § 3.3).
  return { kind: 'listed', keys: await keysOfSelection(narrowed, visit, members) };
}

/** Entities in an order that only code knows (spec 15 § 7.5). @throws KeystampError 1594 for a composite key */
async function sortedHere(
  source: SelectionSource,
  timeoutSeconds: number | undefined,
  visit: Visit,
): Promise<Resolved> {
  const { dataClass, order } = source.selection;
  if (dataClass.key.length > 1) throw fail(1594, order.find(({ calculated }) => calculated)?.calculated?.name ?? '');
  const unsorted = { ...source, selection: { ...source.selection, order: [] } };
  const keys = await keysOfSelection(
    described(await resolveSettled(unsorted, timeoutSeconds, visit), dataClass),
    visit,
  );
  const sorted = await inCode(visit, dataClass.name, () => sortMembers(dataClass, packedMembers(keys), order));
  return { kind: 'listed', keys: sorted.list };
}

/** A selection that the database can run, whatever it comes from; deleted members of sets drop out. */
export async function describe(source: SelectionSource, visit: Visit): Promise<Selection> {
  const { dataClass, order } = source.selection;
  // An order that only code knows is none of the values of all entities.
  const known = order.filter(({ calculated }) => !calculated || calculated.orderBy);
  const resolved = await resolveSource(
    { ...source, selection: { ...source.selection, order: known } },
    undefined,
    visit,
  );
  return described(resolved, dataClass, known);
}

const described = (resolved: Resolved, dataClass: DataClassDef, order: Order = []): Selection =>
  resolved.kind === 'described'
    ? resolved.selection
    : { dataClass, predicate: membersOf(dataClass, resolved.keys), order };

/** The selection among the members of a set. */
const within = (members: KeyList, selection: Selection): Selection => ({
  ...selection,
  predicate: allOf(selection.predicate, membersOf(selection.dataClass, members)),
});

/**
 * The set of that id, made again from its saved filter and order when it is gone (spec 05 § 3.4).
 * @throws KeystampError 1802
 */
async function findSet(
  source: SetSource,
  dataClass: DataClassDef,
  timeoutSeconds: number | undefined,
  visit: Visit,
): Promise<EntitySet> {
  const { sets } = visit.services;
  const found = await sets.find(source.id, dataClass, visit.session?.id);
  if (found) return found;
  if (!source.saved || !(await sets.isFree(source.id))) throw fail(1802, source.id);
  const saved = { selection: source.saved, reshaped: true, clean: false };
  const resolved = await resolveSource(saved, timeoutSeconds, visit);
  const asked = { dataClass, timeoutSeconds: timeoutSeconds ?? rebuiltSeconds, id: source.id };
  return (await keepAsSet(resolved, asked, { from: 0, to: 0 }, visit)).set;
}

/**
 * Makes a set of what was found, or is to be: it, and the keys of it that the caller needs at once.
 * @throws KeystampError 429, 1813
 */
export async function keepAsSet(
  found: Resolved | Described,
  asked: Omit<NewSet, 'sessionId'>,
  shown: KeyRange,
  visit: Visit,
): Promise<{ readonly set: EntitySet; readonly shown: readonly (number | string)[] }> {
  const { engine, sets } = visit.services;
  const wanted = { ...asked, sessionId: visit.openSession().id };
  if (found.kind === 'listed') {
    const set = await sets.create(wanted, found.keys);
    return { set, shown: keysBetween(found.keys, shown.from, shown.to) };
  }
  const statement = setStatement(found.selection, visit, 'window' in found ? found.window : undefined);
  return sets.createFound(wanted, shown, (asSet) => engine.setOf(statement, shown, asSet));
}

/**
 * The key of a member of a set.
 * @throws KeystampError 1543 when the set does not hold it, 1802, 1803
 */
export async function keyOfMember({ set: source, entity }: SetMember, visit: Visit): Promise<Key> {
  const set = await findSet(source, classOfEntity(entity), undefined, visit);
  const key = await findKey(entity, visit);
  if (!key || !isInKeys(await visit.services.sets.keys(set), key[0] as Value)) throw missing(entity);
  return key;
}

/**
 * The keys of a selection in its order.
 * @param among only these, in their order; the selection itself may order nothing
 * @throws KeystampError 1813 for a class with a composite key
 */
export async function keysOfSelection(selection: Selection, visit: Visit, among?: KeyList): Promise<KeyList> {
  return visit.services.engine.keys(setStatement(selection, visit), among);
}

/** @throws KeystampError 1813 */
function setStatement(selection: Selection, { services: { engine } }: Visit, window?: Window): Sql {
  if (selection.dataClass.key.length > 1) throw fail(1813, 'An entity set of a dataclass with a composite key');
  return keysStatement(selection, engine.dialect, window);
}

/** Left and right side as one condition; the result is in key order unless ordered (spec 05 § 4). */
async function combine(
  { selection }: SelectionSource,
  { operator, other }: Combination,
  set: EntitySet | undefined,
  visit: Visit,
): Promise<Resolved> {
  const { dataClass, order } = selection;
  const { sets } = visit.services;
  const right = membersOf(dataClass, await sets.keys(await otherSet(other, dataClass, visit)));
  const left = set ? within(await sets.keys(set), selection).predicate : selection.predicate;
  return { kind: 'described', selection: { dataClass, predicate: combined(operator, left, right), order } };
}

function combined(operator: Combination['operator'], left: Predicate, right: Predicate): Predicate {
  switch (operator) {
    case 'AND':
    case 'INTERSECT':
      return allOf(left, right);
    case 'OR':
      return { kind: 'or', parts: [left, right] };
    case 'EXCEPT':
      return { kind: 'except', from: left, without: right };
    default:
      return operator satisfies never;
  }
}

/** @throws KeystampError 1820 when it is missing, 1587 when it is of another class */
async function otherSet(id: string, dataClass: DataClassDef, { services, session }: Visit): Promise<EntitySet> {
  const set = await services.sets.peek(id, session?.id);
  if (!set) throw fail(1820, id);
  if (set.dataClass !== dataClass.name) throw fail(1587);
  return set;
}
