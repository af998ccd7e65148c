// The only door for saves and deletes: locks, comparison, constraints, stamp, picture bookkeeping, in one transaction.
import { randomUUID } from 'node:crypto';
import { fail, KeystampError, type ErrorEntry } from '../errors.ts';
import { violations } from '../model/constraints.ts';
import { isMedia, type DataClassDef, type StorageDef, type Value } from '../model/model.ts';
import { printKey } from '../query/print-key.ts';
import type { Key } from '../query/selection.ts';
import type { Access } from '../session/access.ts';
import type { Change, MediaChange } from '../store/change.ts';
import { holdContent, releaseContent } from '../store/content.ts';
import { DuplicateError, UnitAgain, type Row, type Transaction } from '../store/engine.ts';
import type { Sql } from '../store/sql/sql.ts';
import { forgetDeletion, globalStampColumn, recordDeletion, takeGlobalStamp } from '../store/global-stamps.ts';
import { baseColumn, mediaStamp, mediaTime, mediaType, stampColumn, timestampColumn } from '../store/sql/columns.ts';
import { dropLockStatement, type LockAsker } from '../store/sql/lock.ts';
import {
  baseStatement,
  buriedStatement,
  buryStatement,
  deleteStatement,
  existsStatement,
  insertStatement,
  lockColumn,
  storedStatement,
  updateStatement,
  type Assignment,
} from '../store/sql/write.ts';
import { forgetWords, indexWords } from '../store/sql/word-index.ts';
import { permitCreate, permitDrop, permitUpdate } from './permit.ts';
import { SaveError, type SaveStatus } from './save-error.ts';

export interface WriteContext {
  /** The session that writes; its own locks do not hinder it. */
  readonly sessionId?: string;
  /** What the writer may do; absent: everything. */
  readonly access?: Access;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface Saved {
  readonly key: Key;
  readonly stamp: number;
  /** False when every given value was already there: nothing was written (spec 06 § 1.2). */
  readonly changed: boolean;
}

/**
 * Creates or updates one entity.
 * @throws SaveError with the codes of spec 06 § 2
 */
export async function saveEntity(tx: Transaction, change: Change, context: WriteContext): Promise<Saved> {
  const outer: ErrorEntry =
    change.key === undefined
      ? { code: 1534, args: [change.dataClass.name] }
      : { code: 1517, args: [printKey(change.key), change.dataClass.name] };
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
  const attributes = [...change.values.keys(), ...change.media.keys()];
  await tx.lock(existsStatement(dataClass, key));
  const row = await tx.row(storedStatement(dataClass, key, attributes, askerOf(context)));
  if (!row && change.createMissing) return create(tx, withKey(change, key), context, outer);
  if (!row) throw refused(404, 5, [{ code: 1542, args: [printKey(key), dataClass.name] }, outer]);
  if (context.access) permitUpdate(context.access, change, (attribute) => differs(change, row, attribute));
  if (row[lockColumn] === 'other')
    throw refused(409, 3, [{ code: 1046, args: [printKey(key), dataClass.name, 'the record is locked'] }, outer]);
  const stamp = Number(row[stampColumn]);
  if (change.stamp !== undefined && change.stamp !== stamp) throw conflict(dataClass, key, outer);

  const values = [...change.values].filter(([attribute, value]) => !sameValue(row[attribute.column] ?? null, value));
  const rekeyed = values.find(([attribute]) => attribute.primKey);
  if (rekeyed) {
    const [attribute, value] = rekeyed;
    const fault: ErrorEntry =
      value === null ? { code: 1544, args: [dataClass.name] } : { code: 1516, args: [attribute.name] };
    throw refused(400, 4, [fault, outer]);
  }
  const media = [...change.media].filter(([attribute, to]) => to.kind === 'set' || row[attribute.column] !== null);
  if (values.length === 0 && media.length === 0) return { key, stamp, changed: false };
  checkValues(values, outer);

  const now = Math.max(context.now(), Date.parse(String(row[timestampColumn])) + 1);
  const assignments: Assignment[] = values.map(([attribute, value]) => [attribute.column, value]);
  for (const [attribute, to] of media) {
    const held = row[attribute.column] as Uint8Array | null;
    assignments.push(...(await changeMedia(tx, attribute, to, held, stamp + 1, after(now, row[mediaTime(attribute)]))));
  }
  for (const [attribute, value] of values)
    if (attribute.keywords) await indexWords(tx, attribute, key[0] as Value, value, false);
  if (dataClass.tracking === 'changes') assignments.push([globalStampColumn, await takeGlobalStamp(tx)]);
  const written = await tx.run(updateStatement(dataClass, key, stamp, new Date(now).toISOString(), assignments));
  if (written === 0) throw conflict(dataClass, key, outer);
  return { key, stamp: stamp + 1, changed: true };
}

async function create(tx: Transaction, change: Change, context: WriteContext, outer: ErrorEntry): Promise<Saved> {
  const { dataClass } = change;
  if (context.access) permitCreate(context.access, change);
  const values = new Map(change.values);
  for (const attribute of dataClass.storage) {
    if (values.has(attribute) && !(values.get(attribute) === null && attribute.primKey)) continue;
    if (attribute.autogenerate) values.set(attribute, randomUUID().replaceAll('-', '').toUpperCase());
    else if (attribute.autosequence) values.delete(attribute);
    else if (attribute.defaultValue !== undefined) values.set(attribute, attribute.defaultValue);
    else if (attribute.primKey) throw refused(400, 4, [{ code: 1546, args: [dataClass.name] }, outer]);
  }
  const checked = dataClass.storage.filter((attribute) => !attribute.autosequence && !isMedia(attribute));
  checkValues(
    checked.map((attribute) => [attribute, values.get(attribute) ?? null]),
    outer,
  );
  checkMandatoryMedia(change, outer);

  const now = context.now();
  const assignments: Assignment[] = [...values].map(([attribute, value]) => [attribute.column, value]);
  for (const [attribute, to] of change.media)
    if (to.kind === 'set') assignments.push(...(await changeMedia(tx, attribute, to, null, 1, now)));

  if (dataClass.tracking === 'changes') assignments.push([globalStampColumn, await takeGlobalStamp(tx)]);
  const row = await insert(
    tx,
    dataClass,
    values,
    insertStatement(dataClass, new Date(now).toISOString(), 0, assignments),
  );
  // As given where it was given: a 64-bit integer read back as a number may have lost its last digits.
  const key = dataClass.key.map((part) => values.get(part) ?? (row[part.column] as Value));
  for (const attribute of dataClass.storage)
    if (attribute.keywords) await indexWords(tx, attribute, key[0] as Value, values.get(attribute) ?? null, true);
  const buried = await tx.row(buriedStatement(dataClass, key));
  if (buried && isNumbered(dataClass, values)) throw new UnitAgain(new Error(`${printKey(key)} was generated twice`));
  if (buried) await tx.run(baseStatement(dataClass, key, Number(buried['version'])));
  if (buried && dataClass.tracking === 'changes') await forgetDeletion(tx, dataClass, key);
  return { key, stamp: 1, changed: true };
}

/** Whether the database gives the entity its key. */
const isNumbered = ({ key: [part] }: DataClassDef, values: ReadonlyMap<StorageDef, Value>): boolean =>
  part !== undefined && part.autosequence && !values.has(part);

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

/** A change that creates the entity under a key chosen before. */
const withKey = (change: Change, key: Key): Change => ({
  ...change,
  values: new Map([
    ...change.values,
    ...change.dataClass.key.map((part, i): [StorageDef, Value] => [part, key[i] as Value]),
  ]),
});

/**
 * Deletes one entity, releases its contents and leaves a tombstone, so that no version number comes twice.
 * @throws SaveError 1543 when it is missing, 1518 when it is locked or its stamp has changed
 */
export async function deleteEntity(
  tx: Transaction,
  dataClass: DataClassDef,
  key: Key,
  stamp: number | undefined,
  context: WriteContext,
): Promise<void> {
  const outer: ErrorEntry = { code: 1518, args: [printKey(key), dataClass.name] };
  if (context.access) permitDrop(context.access, dataClass);
  const media = dataClass.storage.filter(isMedia);
  await tx.lock(existsStatement(dataClass, key));
  const row = await tx.row(storedStatement(dataClass, key, media, askerOf(context)));
  if (!row) throw refused(404, 5, [{ code: 1543, args: [printKey(key), dataClass.name] }]);
  if (row[lockColumn] === 'other')
    throw refused(409, 3, [{ code: 1046, args: [printKey(key), dataClass.name, 'the record is locked'] }, outer]);
  if (stamp !== undefined && stamp !== Number(row[stampColumn])) throw conflict(dataClass, key, outer);
  for (const attribute of media) {
    const held = row[attribute.column];
    if (held !== null) await releaseContent(tx, held as Uint8Array);
  }
  for (const attribute of dataClass.storage) if (attribute.keywords) await forgetWords(tx, attribute, key[0] as Value);
  await tx.run(deleteStatement(dataClass, key));
  if (row[lockColumn] !== null) await tx.run(dropLockStatement(dataClass, key));
  const highest = Number(row[baseColumn]) + Number(row[stampColumn]);
  const time = new Date(context.now()).toISOString();
  await tx.run(buryStatement(dataClass, key, highest, time));
  if (dataClass.tracking === 'changes') await recordDeletion(tx, dataClass, key, time);
}

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

function checkValues(values: readonly (readonly [StorageDef, Value])[], outer: ErrorEntry): void {
  const inOrder = values.toSorted(([a], [b]) => a.owner.storage.indexOf(a) - b.owner.storage.indexOf(b));
  const found = inOrder.flatMap(([attribute, value]) => violations(attribute, value));
  if (found.length > 0) throw invalid(found, outer);
}

function checkMandatoryMedia({ dataClass, media }: Change, outer: ErrorEntry): void {
  const missing = dataClass.storage.filter((a) => isMedia(a) && a.notNull && media.get(a)?.kind !== 'set');
  if (missing.length > 0)
    throw invalid(
      missing.map((attribute) => fail(1116, attribute.name)),
      outer,
    );
}

const invalid = (found: readonly KeystampError[], outer: ErrorEntry): SaveError =>
  refused(400, 4, [...found.flatMap((error) => error.entries), { code: 1570, args: [] }, outer]);

function conflict(dataClass: DataClassDef, key: Key, outer: ErrorEntry): SaveError {
  const record = [printKey(key), dataClass.name];
  return refused(409, 2, [{ code: 1263, args: record }, { code: 1046, args: record }, outer]);
}

const isOfKey = (dataClass: DataClassDef, { where }: DuplicateError): boolean =>
  dataClass.key.some((part) => where.endsWith(`.${part.column}`));

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

const refused = (http: number, status: SaveStatus, entries: readonly ErrorEntry[], cause?: unknown): SaveError =>
  new SaveError(http, status, entries, cause);

/** Does the attribute get another value than the stored one? */
function differs({ values, media }: Change, row: Row, attribute: StorageDef): boolean {
  const to = media.get(attribute);
  if (to) return to.kind === 'set' || row[attribute.column] !== null;
  return !sameValue(row[attribute.column] ?? null, values.get(attribute) ?? null);
}

/** Equal as stored: booleans are 0 and 1 on some engines, 64-bit integers come as text. */
function sameValue(stored: Value, given: Value): boolean {
  if (stored === given) return true;
  if (typeof given === 'boolean') return stored === Number(given);
  if (typeof stored === 'string')
    return (typeof given === 'number' || typeof given === 'bigint') && stored === String(given);
  return false;
}

const askerOf = ({ sessionId, now }: WriteContext): LockAsker => ({ sessionId, now: now() });
