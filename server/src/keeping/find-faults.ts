// `keystamp fsck`: looks through the data of one moment for what cannot be.
import { createHash } from 'node:crypto';
import { isMedia, type DataClassDef, type Model, type StorageDef, type Value } from '../model/model.ts';
import { deletedRecordsDefinition } from '../model/tracking.ts';
import type { Key } from '../query/selection.ts';
import type { Row, Snapshot } from '../store/engine.ts';
import { globalStampColumn, isTracking, readGlobalStamp } from '../store/global-stamps.ts';
import {
  baseColumn,
  contentPartTable,
  contentTable,
  entitySetPartTable,
  entitySetTable,
  mediaStamp,
  mediaTime,
  stampColumn,
  tombstoneTable,
  uploadTable,
} from '../store/sql/columns.ts';
import { partTextOf, type KeyTexts } from '../store/sql/side-stamps.ts';
import { column, ident, join, sql, type Sql } from '../store/sql/sql.ts';
import type { Fault, NumberFault } from './fault.ts';
import { findWordFaults } from './find-word-faults.ts';

/** Told while contents are read, in bytes. */
export type OnBytes = (done: number, total: number) => void;

/** All faults of a model's data, in the order of `faultKinds`. @param texts of the engine, as `SqlDialect` has them */
export async function findFaults(
  snapshot: Snapshot,
  model: Model,
  texts: KeyTexts,
  onBytes: OnBytes,
): Promise<readonly Fault[]> {
  const classes = [...model.dataClasses.values()];
  const faults: Fault[] = (await snapshot.damages()).map((text) => ({ kind: 'database', text }));
  const add = (found: readonly Fault[]): void => void faults.push(...found);
  for (const dataClass of classes) add(await missingContents(snapshot, dataClass));
  add(await damagedContents(snapshot, onBytes));
  add(await wrongHolders(snapshot, classes));
  const orphans = await snapshot.rows(
    sql`SELECT DISTINCT hash FROM ${contentPartTable} WHERE hash NOT IN (SELECT hash FROM ${contentTable})`,
  );
  add(orphans.map((row) => ({ kind: 'orphanBytes', hash: row['hash'] as Uint8Array })));
  const uploads = await snapshot.rows(
    sql`SELECT id FROM ${uploadTable} WHERE hash NOT IN (SELECT hash FROM ${contentTable})`,
  );
  add(uploads.map((row) => ({ kind: 'missingUpload', id: String(row['id']) })));
  for (const dataClass of classes) add(await danglingRelations(snapshot, dataClass));
  for (const dataClass of classes)
    for (const attribute of dataClass.storage) if (attribute.keywords) add(await findWordFaults(snapshot, attribute));
  for (const dataClass of classes) add(await wrongNumbers(snapshot, dataClass, texts));
  if (isTracking(model)) add(await trackingFaults(snapshot, classes, texts));
  add(await brokenSets(snapshot));
  return faults;
}

const keyColumns = (dataClass: DataClassDef): Sql =>
  join(
    dataClass.key.map((part) => column('e', part.column)),
    ', ',
  );
const keyOf = (dataClass: DataClassDef, row: Row): Key => dataClass.key.map((part) => row[part.column] as Value);
const from = (dataClass: DataClassDef): Sql => sql`${ident(dataClass.table)} AS e`;

async function missingContents(snapshot: Snapshot, dataClass: DataClassDef): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  for (const attribute of dataClass.storage.filter(isMedia)) {
    const held = column('e', attribute.column);
    const rows = await snapshot.rows(
      sql`SELECT ${keyColumns(dataClass)}, ${held} AS hash FROM ${from(dataClass)} WHERE ${held} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${contentTable} AS c WHERE c.hash = ${held})`,
    );
    for (const row of rows)
      faults.push({ kind: 'missingContent', attribute, key: keyOf(dataClass, row), hash: row['hash'] as Uint8Array });
  }
  return faults;
}

const batch = 500;

async function damagedContents(snapshot: Snapshot, onBytes: OnBytes): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  const sum = (await snapshot.row(sql`SELECT coalesce(sum(size), 0) AS bytes FROM ${contentTable}`)) as Row;
  let done = 0;
  let last: Uint8Array | undefined;
  for (;;) {
    const after = last === undefined ? sql`` : sql` WHERE hash > ${last}`;
    const contents = await snapshot.rows(
      sql`SELECT hash, size, refs FROM ${contentTable}${after} ORDER BY hash LIMIT ${batch}`,
    );
    for (const row of contents) {
      const hash = row['hash'] as Uint8Array;
      if (!(await isWhole(snapshot, hash, Number(row['size']))))
        faults.push({ kind: 'damagedContent', hash, holders: Number(row['refs']) });
      onBytes((done += Number(row['size'])), Number(sum['bytes']));
    }
    if (contents.length < batch) return faults;
    last = contents.at(-1)?.['hash'] as Uint8Array;
  }
}

async function isWhole(snapshot: Snapshot, hash: Uint8Array, size: number): Promise<boolean> {
  const sha = createHash('sha256');
  let length = 0;
  // One part at a time: a BLOB need not fit in memory.
  for (let part = 0; ; part++) {
    const row = await snapshot.row(sql`SELECT bytes FROM ${contentPartTable} WHERE hash = ${hash} AND part = ${part}`);
    if (!row) break;
    const bytes = row['bytes'] as Uint8Array;
    sha.update(bytes);
    length += bytes.length;
  }
  return length === size && sha.digest().equals(hash);
}

/** A row for each holder of a content. */
export function holdersOf(classes: readonly DataClassDef[]): Sql {
  const places = classes.flatMap((dataClass) =>
    dataClass.storage
      .filter(isMedia)
      .map(
        ({ column: name }) =>
          sql`SELECT ${ident(name)} AS hash FROM ${ident(dataClass.table)} WHERE ${ident(name)} IS NOT NULL`,
      ),
  );
  return join([...places, sql`SELECT hash FROM ${uploadTable}`], ' UNION ALL ');
}

async function wrongHolders(snapshot: Snapshot, classes: readonly DataClassDef[]): Promise<readonly Fault[]> {
  const rows = await snapshot.rows(
    sql`SELECT c.hash AS hash, c.refs AS counted, coalesce(h.n, 0) AS held FROM ${contentTable} AS c LEFT JOIN (SELECT hash, count(*) AS n FROM (${holdersOf(classes)}) AS a GROUP BY hash) AS h ON h.hash = c.hash WHERE c.refs <> coalesce(h.n, 0)`,
  );
  return rows.map((row) => ({
    kind: 'holders',
    hash: row['hash'] as Uint8Array,
    counted: Number(row['counted']),
    held: Number(row['held']),
  }));
}

async function danglingRelations(snapshot: Snapshot, dataClass: DataClassDef): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  for (const relation of dataClass.attributes.values()) {
    if (relation.kind !== 'relatedEntity') continue;
    const { foreignKey, target } = relation;
    const held = column('e', foreignKey.column);
    const key = column('x', (target.key[0] as StorageDef).column);
    const rows = await snapshot.rows(
      sql`SELECT ${keyColumns(dataClass)}, ${held} AS target FROM ${from(dataClass)} WHERE ${held} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${ident(target.table)} AS x WHERE ${key} = ${held})`,
    );
    for (const row of rows)
      faults.push({ kind: 'dangling', relation, key: keyOf(dataClass, row), to: row['target'] as Value });
  }
  return faults;
}

async function wrongNumbers(snapshot: Snapshot, dataClass: DataClassDef, texts: KeyTexts): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  const stamp = column('e', stampColumn);
  const find = async (condition: Sql, what: NumberFault): Promise<void> => {
    const rows = await snapshot.rows(sql`SELECT ${keyColumns(dataClass)} FROM ${from(dataClass)} WHERE ${condition}`);
    for (const row of rows) faults.push({ kind: 'number', dataClass, key: keyOf(dataClass, row), what });
  };
  await find(sql`${stamp} IS NULL OR ${stamp} < 1`, { kind: 'stamp' });
  for (const attribute of dataClass.storage.filter(isMedia)) {
    const [held, own, time] = [attribute.column, mediaStamp(attribute), mediaTime(attribute)].map((name) =>
      column('e', name),
    ) as [Sql, Sql, Sql];
    await find(sql`${own} > ${stamp} OR (${held} IS NOT NULL AND (${own} IS NULL OR ${time} IS NULL))`, {
      kind: 'media',
      attribute,
    });
  }
  const [key, ...more] = dataClass.key;
  if (!key || more.length > 0 || !dataClass.storage.some(isMedia)) return faults;
  // What another program was about to replace, and did not, may have a tombstone of its own.
  const reached = dataClass.shared ? sql`${column('e', baseColumn)} + ${stamp}` : column('e', baseColumn);
  const reborn = await snapshot.rows(
    sql`SELECT ${keyColumns(dataClass)}, t.version AS version FROM ${tombstoneTable} AS t JOIN ${from(dataClass)} ON ${partTextOf(key, column('e', key.column), texts)} = t.key WHERE t.dataclass = ${dataClass.name} AND ${reached} < t.version`,
  );
  for (const row of reborn)
    faults.push({
      kind: 'number',
      dataClass,
      key: keyOf(dataClass, row),
      what: { kind: 'base', version: Number(row['version']) },
    });
  return faults;
}

const deletedTable = ident(deletedRecordsDefinition.table as string);

async function trackingFaults(
  snapshot: Snapshot,
  classes: readonly DataClassDef[],
  texts: KeyTexts,
): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  const deletions = (await snapshot.row(sql`SELECT coalesce(max(stamp), 0) AS highest FROM ${deletedTable}`)) as Row;
  let highest = Number(deletions['highest']);
  const number = column('e', globalStampColumn);
  for (const dataClass of classes) {
    if (dataClass.tracking !== 'changes') continue;
    const row = (await snapshot.row(
      sql`SELECT coalesce(max(${number}), 0) AS highest, count(*) - count(${number}) AS missing FROM ${from(dataClass)}`,
    )) as Row;
    highest = Math.max(highest, Number(row['highest']));
    if (Number(row['missing']) > 0) faults.push({ kind: 'unnumbered', dataClass, entities: Number(row['missing']) });
    const [key, ...more] = dataClass.key;
    if (!key || more.length > 0) continue;
    const there = await snapshot.rows(
      sql`SELECT d.${ident('ID')} AS id, d.primary_key AS gone FROM ${deletedTable} AS d JOIN ${from(dataClass)} ON ${partTextOf(key, column('e', key.column), texts)} = d.primary_key WHERE d.table_name = ${dataClass.name}`,
    );
    for (const each of there)
      faults.push({ kind: 'deletedButThere', dataClass, id: Number(each['id']), key: String(each['gone']) });
  }
  const { value } = await readGlobalStamp(snapshot);
  if (value <= highest) faults.push({ kind: 'counter', value, highest });
  return faults;
}

async function brokenSets(snapshot: Snapshot): Promise<readonly Fault[]> {
  const rows = await snapshot.rows(
    sql`SELECT s.content AS content FROM ${entitySetTable} AS s WHERE s.complete = 1 AND s.parts <> (SELECT count(*) FROM ${entitySetPartTable} AS p WHERE p.content = s.content) UNION SELECT p.content AS content FROM ${entitySetPartTable} AS p WHERE NOT EXISTS (SELECT 1 FROM ${entitySetTable} AS s WHERE s.content = p.content)`,
  );
  return rows.map((row) => ({ kind: 'brokenSet', content: String(row['content']) }));
}
