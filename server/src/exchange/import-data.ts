// Source → datastore: class by class in batches, each a commit that also remembers how far it came, so that an import that
// was broken off goes on where it was.
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { KeystampError, messageOf } from '../errors.ts';
import type { Converter } from '../image/converter.ts';
import { assignValue, keyValue } from '../model/attribute-types.ts';
import type { DataClassDef, Json, Model, StorageDef, Value } from '../model/model.ts';
import { describeContent } from '../orm/describe-content.ts';
import { putEntity, type PutEntity, type PutMedia } from '../orm/put-entity.ts';
import type { Content } from '../store/content.ts';
import { DuplicateError, type Engine, type Transaction } from '../store/engine.ts';
import { metaTable } from '../store/sql/columns.ts';
import { recalledStatement, rememberStatement } from '../store/sql/meta.ts';
import { sql } from '../store/sql/sql.ts';
import { anyStatement, moveStatement, reachedStatement, versionMargin } from '../store/sql/write.ts';
import { keyOf, type Source } from './source.ts';
import type { CarriedMedia, StoredEntity } from './stored-entity.ts';

/** Entities of one commit, and pictures fetched at one time. */
const batchSize = 100;
const fetchesAtOnce = 6;
/** Many entities share a picture; it is looked into once. */
const keptDescriptions = 5000;

export interface ImportServices {
  readonly engine: Engine;
  readonly converter: Converter;
}

export interface Imported {
  /** Entities that came, by class. */
  readonly counts: ReadonlyMap<string, number>;
  /** What could not be carried, a line each. */
  readonly losses: readonly string[];
}

/** Told before a class begins, and after each commit with how many of its entities are done. */
export interface ImportProgress {
  begin(dataClass: DataClassDef, total: number): void;
  update(done: number): void;
}

/**
 * Brings all entities of a source into the datastore.
 * @param progress told how far it is
 * @param merge whether the datastore may hold entities already; those of the same key are replaced
 * @throws Error when it holds some and may not
 */
export async function importData(
  source: Source,
  model: Model,
  services: ImportServices,
  progress: ImportProgress,
  merge = false,
): Promise<Imported> {
  if (!merge) await demandRoom(model, services.engine);
  const counts = new Map<string, number>();
  const losses = [...source.losses];
  for (const dataClass of model.dataClasses.values()) {
    if (dataClass.tracking === 'deletions') continue;
    progress.begin(dataClass, await source.count(dataClass));
    counts.set(dataClass.name, await importClass(source, dataClass, services, losses, progress.update));
  }
  await services.engine.write(async (tx) => {
    await moveOn(tx, model);
    await tx.run(sql`DELETE FROM ${progressRows}`);
  });
  return { counts, losses };
}

/**
 * An entity that the source has deleted may have had the key of one that will be made here, and pictures that browsers
 * keep: the numbers of new entities begin above those that it can have had (spec 10 § 2.7).
 */
async function moveOn(tx: Transaction, model: Model): Promise<void> {
  let highest = 0;
  for (const dataClass of model.dataClasses.values())
    if (dataClass.storage.some(({ type }) => type === 'image'))
      highest = Math.max(highest, Number((await tx.row(reachedStatement(dataClass)))?.['version'] ?? 0));
  await tx.run(moveStatement(highest + versionMargin, new Date().toISOString()));
}

/** What is here already and did not come by an import that was broken off would be mixed with what comes, or replaced. */
async function demandRoom(model: Model, engine: Engine): Promise<void> {
  if (await engine.row(sql`SELECT 1 AS begun FROM ${progressRows}`)) return;
  for (const dataClass of model.dataClasses.values())
    if (dataClass.tracking !== 'deletions' && (await engine.row(anyStatement(dataClass))))
      throw new Error(
        `The database holds entities of ${dataClass.name} already. Import into an empty one (--data <folder>), or say --merge to replace those of the same key.`,
      );
}

const progressName = (dataClass: string): string => `imported ${dataClass}`;
/** Those of every class; there are none when no import was broken off. */
const progressRows = sql`${metaTable} WHERE name LIKE ${progressName('%')}`;

async function importClass(
  source: Source,
  dataClass: DataClassDef,
  { engine, converter }: ImportServices,
  losses: string[],
  onProgress: (done: number) => void,
): Promise<number> {
  const name = progressName(dataClass.name);
  const describe = describer(converter);
  const row = await engine.row(recalledStatement(name));
  // Entities before this one may have gone since, so the last batch comes again, each in its own place.
  let done = Math.max(0, Number(row?.['value'] ?? 0) - batchSize);
  const store = async (batch: readonly StoredEntity[]): Promise<void> => {
    engine.refresh();
    const entities = await inParallel(batch, fetchesAtOnce, (entity) => carry(entity, dataClass, describe, losses));
    losses.push(
      ...(await engine.write(async (tx) => {
        const refused: string[] = [];
        for (const entity of entities) if (entity) await put(tx, entity, refused);
        await tx.run(rememberStatement(name, String(done + batch.length)));
        return refused;
      })),
    );
    done += batch.length;
    onProgress(done);
  };
  let batch: StoredEntity[] = [];
  for await (const entity of source.entities(dataClass, done)) {
    batch.push(entity);
    if (batch.length < batchSize) continue;
    await store(batch);
    batch = [];
  }
  if (batch.length > 0) await store(batch);
  return done;
}

/** The entity in canonical values with its bytes; nothing when it cannot be stored. What is lost is told. */
async function carry(
  entity: StoredEntity,
  dataClass: DataClassDef,
  describe: Describe,
  losses: string[],
): Promise<PutEntity | undefined> {
  const { keyText, stamp, timestamp } = entity;
  const at = (name: string): string => `${dataClass.name}(${keyText}).${name}`;
  const key = keyOf(entity.values, entity.keyText, dataClass);
  if (!key) {
    losses.push(`${dataClass.name}(${keyText}): has no key that the model can hold and is left out`);
    return undefined;
  }
  const values = new Map<StorageDef, Value>(dataClass.key.map((part, i) => [part, key[i] as Value]));
  for (const [name, sent] of Object.entries(entity.values)) {
    const attribute = dataClass.attributes.get(name);
    if (!attribute || sent === null || (attribute.kind === 'storage' && attribute.primKey)) continue;
    const [column, value] =
      attribute.kind === 'relatedEntity'
        ? [attribute.foreignKey, keyValue(attribute.target.key[0] as StorageDef, String(sent))]
        : attribute.kind === 'storage'
          ? [attribute, valueOf(attribute, sent)]
          : [];
    if (column && value !== undefined) values.set(column, value);
    else losses.push(`${at(name)}: ${JSON.stringify(sent).slice(0, 80)} is no value of its type and becomes null`);
  }
  const media = new Map<StorageDef, PutMedia>();
  for (const [name, carried] of Object.entries(entity.media)) {
    const attribute = dataClass.attributes.get(name) as StorageDef;
    try {
      media.set(attribute, await fetchMedia(carried, attribute, timestamp, describe));
    } catch (error) {
      losses.push(`${at(name)}: ${messageOf(error)}`);
    }
  }
  return { dataClass, key, stamp, timestamp, values, media };
}

function valueOf(attribute: StorageDef, sent: Json): Value | undefined {
  const assigned = assignValue(attribute, sent);
  return assigned.kind === 'value' ? assigned.value : undefined;
}

async function fetchMedia(
  carried: CarriedMedia,
  attribute: StorageDef,
  timestamp: string,
  describe: Describe,
): Promise<PutMedia> {
  const bytes = await carried.bytes();
  const version = carried.version();
  return {
    content: await describe(bytes, attribute.type === 'image'),
    bytes,
    mediatype: carried.mediatype(),
    changedAt: carried.changedAt() ?? Date.parse(timestamp),
    ...(version !== undefined && { version }),
  };
}

type Describe = (bytes: Uint8Array, picture: boolean) => Promise<Content>;

function describer(converter: Converter): Describe {
  const known = new LRUCache<string, Promise<Content>>({ max: keptDescriptions });
  return (bytes, picture) => {
    const name = `${picture} ${createHash('sha256').update(bytes).digest('hex')}`;
    let content = known.get(name);
    if (content) return content;
    known.set(name, (content = describeContent(bytes, picture, converter)));
    // What has failed for one entity may go well for the next.
    content.catch(() => known.delete(name));
    return content;
  };
}

/** A value that is unique here and was not there costs its entity, not the batch. */
async function put(tx: Transaction, entity: PutEntity, losses: string[]): Promise<void> {
  try {
    await tx.attempt(() => putEntity(tx, entity));
  } catch (error) {
    if (!(error instanceof DuplicateError) && !(error instanceof KeystampError)) throw error;
    losses.push(`${entity.dataClass.name}(${entity.key.join(',')}): ${error.message}; the entity is left out`);
  }
}

/** The results in the order of the items; so many are under way at a time. */
async function inParallel<T, R>(items: readonly T[], atOnce: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as T);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}
