// Writes one entity, below the events: locks, comparison, constraints, stamp, picture bookkeeping, in one transaction.
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { KeystampError, type ErrorEntry } from '../errors.ts';
import type { DataClassDef, StorageDef, Value } from '../model/model.ts';
import { printKey } from '../query/print-key.ts';
import type { Key } from '../query/selection.ts';
import type { Access } from '../session/access.ts';
import type { Change, MediaChange } from '../store/change.ts';
import { holdContent, releaseContent } from '../store/content.ts';
import { ConstraintError, DuplicateError, UnitAgain, type Row, type Transaction } from '../store/engine.ts';
import type { Sql } from '../store/sql/sql.ts';
import { forgetDeletion, globalStampColumn, takeGlobalStamp } from '../store/global-stamps.ts';
import { mediaStamp, mediaTime, mediaType, stampColumn, timestampColumn } from '../store/sql/columns.ts';
import { holdsInteger64 } from '../store/sql/exact-integer.ts';
import type { LockAsker } from '../store/sql/lock.ts';
import {
  baseStatement,
  buriedStatement,
  existsStatement,
  heldStatement,
  insertStatement,
  newStampStatements,
  storedStatement,
  updateStatements,
  type Assignment,
} from '../store/sql/write.ts';
import { indexWords } from '../store/sql/word-index.ts';
import { checkStored } from './check-stored.ts';
import { checkKeyStays, checkNew, checkValues, clearedBy, isChecked } from './check-values.ts';
import type { EntityState, Written } from './entity-state.ts';
import { permitCreate, permitUpdate } from './permit.ts';
import { conflict, refused, saveLine, type SaveError } from './save-error.ts';

export interface WriteContext {
  /** The session that writes; its own locks do not stop it. */
  readonly sessionId?: string;
  /** What the writer may do; absent: everything. */
  readonly access?: Access;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The entity object of code that saves or drops; without it the events of the class get one made from the change. */
  readonly state?: EntityState;
  /** What is carried out and undone: only whether it could be saved, or what it would look like. */
  readonly purpose?: 'validate' | 'refresh';
  /** Is told of values that break rules, which are written all the same; absent: they are refused. */
  readonly violated?: (error: SaveError) => void;
  /** Null fails constraints, and every save checks all attributes (setting `nullViolatesConstraints`). */
  readonly strict?: boolean;
}

export interface Saved {
  readonly key: Key;
  readonly stamp: number;
  /** False when every given value was already there: nothing was written (spec 06 § 1.2). */
  readonly changed: boolean;
  /** What of the entity object was written, where code took part. */
  readonly written?: Written;
}

/**
 * Creates or updates one entity; runs no code of the author.
 * @throws SaveError with the codes of spec 06 § 2
 */
export async function storeEntity(tx: Transaction, change: Change, context: WriteContext): Promise<Saved> {
  const outer = saveLine(change.dataClass, change.key);
  for (const { relation, key } of change.targets) {
    if (await tx.row(existsStatement(relation.target, [key]))) continue;
    throw refused(404, 4, [{ code: 1542, args: [String(key), relation.target.name] }, outer]);
  }
  try {
    return change.key === undefined
      ? await create(tx, change, context, outer)
      : await update(tx, change, change.key, context, outer);
  } catch (error) {
    if (error instanceof KeystampError && error.status === 401) throw error.within(outer.code, ...outer.args);
    if (error instanceof ConstraintError) throw refusedByTable(change, error, outer);
    if (!(error instanceof DuplicateError)) throw error;
    throw duplicate(change, error, outer);
  }
}

async function update(
  tx: Transaction,
  change: Change,
  key: Key,
  context: WriteContext,
  outer: ErrorEntry,
): Promise<Saved> {
  const { dataClass } = change;
  const others = context.strict ? dataClass.storage.filter((each) => isChecked(each) && !change.values.has(each)) : [];
  const attributes = [...change.values.keys(), ...change.media.keys(), ...others];
  await tx.lock(heldStatement(dataClass, key));
  const row = await tx.row(storedStatement(dataClass, key, attributes, askerOf(context)));
  if (!row && change.createMissing) return create(tx, withKey(change, key), context, outer);
  if (!row) throw refused(404, 5, [{ code: 1542, args: [printKey(key), dataClass.name] }, outer]);
  if (context.access) permitUpdate(context.access, change, (attribute) => differs(change, row, attribute));
  checkStored(row, { dataClass, key, stamp: change.stamp }, outer);
  const stamp = Number(row[stampColumn]);

  const values = [...change.values].filter(
    ([attribute, value]) => !sameValue(attribute, row[attribute.column] ?? null, value),
  );
  checkKeyStays(values, outer);
  const media = [...change.media].filter(([attribute, to]) => to.kind === 'set' || row[attribute.column] !== null);
  if (values.length === 0 && media.length === 0) return { key, stamp, changed: false };
  const untouched = others.map((each): readonly [StorageDef, Value] => [
    each,
    comparable(each, row[each.column] ?? null),
  ]);
  checkValues([...values, ...clearedBy(media), ...untouched], outer, context);

  const now = Math.max(context.now(), Date.parse(String(row[timestampColumn])) + 1);
  const assignments: Assignment[] = values.map(([attribute, value]) => [attribute.column, value]);
  for (const [attribute, to] of media) {
    const held = row[attribute.column] as Uint8Array | null;
    assignments.push(...(await changeMedia(tx, attribute, to, held, stamp + 1, after(now, row[mediaTime(attribute)]))));
  }
  for (const [attribute, value] of values)
    if (attribute.keywords) await indexWords(tx, attribute, key[0] as Value, value, false);
  if (dataClass.tracking === 'changes') assignments.push([globalStampColumn, await takeGlobalStamp(tx)]);
  const [guard, ...following] = updateStatements(dataClass, key, stamp, new Date(now).toISOString(), assignments);
  if ((await tx.run(guard)) === 0) throw conflict(dataClass, key, outer);
  for (const statement of following) await tx.run(statement);
  return { key, stamp: stamp + 1, changed: true };
}

async function create(tx: Transaction, change: Change, context: WriteContext, outer: ErrorEntry): Promise<Saved> {
  const { dataClass } = change;
  if (context.access) permitCreate(context.access, change);
  const values = completed(change);
  checkNew({ ...change, values }, outer, context);

  const now = context.now();
  const assignments: Assignment[] = [...values].map(([attribute, value]) => [attribute.column, value]);
  for (const [attribute, to] of change.media)
    if (to.kind === 'set') assignments.push(...(await changeMedia(tx, attribute, to, null, 1, now)));

  if (dataClass.tracking === 'changes') assignments.push([globalStampColumn, await takeGlobalStamp(tx)]);
  const timestamp = new Date(now).toISOString();
  const row = await insert(tx, dataClass, values, insertStatement(dataClass, timestamp, 0, assignments));
  // As given where it was given: a 64-bit integer read back as a number may have lost its last digits.
  const key = dataClass.key.map((part) => values.get(part) ?? (row[part.column] as Value));
  for (const attribute of dataClass.storage)
    if (attribute.keywords) await indexWords(tx, attribute, key[0] as Value, values.get(attribute) ?? null, true);
  for (const statement of newStampStatements(dataClass, key, timestamp)) await tx.run(statement);
  const buried = dataClass.stamps === 'side' ? [] : await tx.rows(buriedStatement(dataClass, key));
  const lived = buried.some((row) => row['dataclass'] === dataClass.name);
  if (lived && isNumbered(dataClass, values)) throw new UnitAgain(new Error(`${printKey(key)} was generated twice`));
  if (buried[0]) await tx.run(baseStatement(dataClass, key, Number(buried[0]['version'])));
  if (lived && dataClass.tracking === 'changes') await forgetDeletion(tx, dataClass, key);
  return { key, stamp: 1, changed: true };
}

/** Whether the database gives the entity its key, one that never was; tables of other programs may give it twice. */
const isNumbered = ({ key: [part], shared }: DataClassDef, values: ReadonlyMap<StorageDef, Value>): boolean =>
  !shared && part !== undefined && part.autosequence && !values.has(part);

/** Stores the row; a number that was generated while somebody gave the same one as a key is taken for another one. */
async function insert(
  tx: Transaction,
  dataClass: DataClassDef,
  values: ReadonlyMap<StorageDef, Value>,
  statement: Sql,
): Promise<Row> {
  try {
    const row = (await tx.row(statement)) as Row;
    if (!isNumbered(dataClass, values))
      await tx.keyGiven(
        dataClass,
        dataClass.key.map((part) => values.get(part) ?? null),
      );
    return row;
  } catch (error) {
    const again = error instanceof DuplicateError && isNumbered(dataClass, values) && isOfKey(dataClass, error);
    throw again ? new UnitAgain(error) : error;
  }
}

/** The values of a new entity, with those that it gets when none is given. */
export function completed({ dataClass, values: given }: Change): Map<StorageDef, Value> {
  const values = new Map(given);
  for (const attribute of dataClass.storage) {
    if (values.has(attribute) && !(values.get(attribute) === null && attribute.primKey)) continue;
    if (attribute.autogenerate) values.set(attribute, randomUUID().replaceAll('-', '').toUpperCase());
    else if (attribute.autosequence) values.delete(attribute);
    else if (attribute.defaultValue !== undefined) values.set(attribute, attribute.defaultValue);
  }
  return values;
}

/** A change that creates the entity under a key chosen before. */
const withKey = (change: Change, key: Key): Change => ({
  ...change,
  values: new Map([
    ...change.values,
    ...change.dataClass.key.map((part, i): [StorageDef, Value] => [part, key[i] as Value]),
  ]),
});

async function changeMedia(
  tx: Transaction,
  attribute: StorageDef,
  to: MediaChange,
  held: Uint8Array | null,
  stamp: number,
  time: number,
): Promise<readonly Assignment[]> {
  const hash = to.kind === 'set' ? to.content.hash : null;
  if (to.kind === 'set') await holdContent(tx, to.content, to.bytes);
  if (held !== null) await releaseContent(tx, held);
  const type: Assignment[] =
    attribute.type === 'blob' ? [[mediaType(attribute), to.kind === 'set' ? to.mediatype : null]] : [];
  return [[attribute.column, hash], [mediaStamp(attribute), stamp], [mediaTime(attribute), time], ...type];
}

/** The picture's time grows by a second at least, because clients compare it in seconds (spec 10 § 9.5). */
const after = (now: number, last: Value | undefined): number =>
  typeof last === 'number' ? Math.max(now, last + 1000) : now;

const isOfKey = (dataClass: DataClassDef, { where }: DuplicateError): boolean =>
  dataClass.key.some((part) => where.endsWith(`.${part.column}`));

/** A rule of another program's table, told in the words of the database unless it is that of a null. */
function refusedByTable({ dataClass }: Change, error: ConstraintError, outer: ErrorEntry): SaveError {
  const missing = dataClass.storage.find(({ column }) => column === error.nullIn);
  const entries = missing ? [{ code: missing.nullError, args: [missing.name] }] : error.entries;
  return refused(400, 4, [...entries, { code: 1570, args: [] }, outer], error);
}

/** The key itself exists already (1545), or a unique attribute's value does (1046). */
function duplicate(change: Change, error: DuplicateError, outer: ErrorEntry): SaveError {
  const { dataClass } = change;
  if (isOfKey(dataClass, error)) {
    const key = dataClass.key.map((part) => change.values.get(part) ?? null);
    return refused(409, 4, [{ code: 1545, args: [printKey(key), dataClass.name] }, outer], error);
  }
  const record = change.key ? printKey(change.key) : '';
  return refused(409, 4, [{ code: 1046, args: [record, dataClass.name, 'duplicate value'] }, outer], error);
}

/** What an engine gives as constraints compare it: 64-bit integers come as text. */
const comparable = (attribute: StorageDef, value: Value): Value =>
  typeof value === 'string' && holdsInteger64(attribute) ? BigInt(value) : value;

/** Does the attribute get another value than the stored one? */
function differs({ values, media }: Change, row: Row, attribute: StorageDef): boolean {
  const to = media.get(attribute);
  if (to) return to.kind === 'set' || row[attribute.column] !== null;
  return !sameValue(attribute, row[attribute.column] ?? null, values.get(attribute) ?? null);
}

/** Equal as stored: booleans are 0 and 1 on some engines, 64-bit integers come as text. */
function sameValue({ stored: as }: StorageDef, stored: Value, given: Value): boolean {
  if (stored === given) return true;
  // A column of that type does not keep the text of an object as it was written.
  if (as?.form === 'json' && typeof stored === 'string' && typeof given === 'string')
    return isDeepStrictEqual(JSON.parse(stored), JSON.parse(given));
  if (typeof given === 'boolean') return stored === Number(given);
  if (typeof stored === 'string')
    return (typeof given === 'number' || typeof given === 'bigint') && stored === String(given);
  return false;
}

/** For what the server adds by itself: no permission is asked, and no entity object of code stands for it. */
export const ofServer = ({ access: _access, state: _state, ...context }: WriteContext): WriteContext => context;

/** Who asks for the state of a lock. */
export const askerOf = ({ sessionId, now }: WriteContext): LockAsker => ({ sessionId, now: now() });
