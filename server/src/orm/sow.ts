// First data: stores the entities of a model's seed. Constraints are checked; events do not run, since they are meant for
// those who use the data.
import { mkdirSync } from 'node:fs';
import { assignValue, keyValue } from '../model/attribute-types.ts';
import type { DataClassDef, Json, Model, StorageDef, Value } from '../model/model.ts';
import type { Seed, SeedEntity } from '../model/seed.ts';
import type { Converter } from '../image/converter.ts';
import type { Change, MediaChange } from '../store/change.ts';
import type { Content } from '../store/content.ts';
import type { Engine } from '../store/engine.ts';
import { recalledStatement, rememberStatement } from '../store/sql/meta.ts';
import { anyStatement } from '../store/sql/write.ts';
import { describeContent } from './describe-content.ts';
import { storeEntity } from './write.ts';

/** What sowing needs of the server. */
export interface SowServices {
  readonly engine: Engine;
  readonly converter: Converter;
  readonly now: () => number;
}

/** Entities of one commit. */
const batch = 100;

/** What is stored of the first data, and whether that is all of it. */
const progressName = 'sown';
const complete = 'all';

/**
 * How many entities of the first data are stored already, when some are still to come: 0 in an empty datastore, more
 * when an earlier start was broken off. `undefined`: nothing is to be sown.
 */
export async function sownSoFar(model: Model, { engine }: Pick<SowServices, 'engine'>): Promise<number | undefined> {
  const row = await engine.row(recalledStatement(progressName));
  if (row) return row['value'] === complete ? undefined : Number(row['value']);
  for (const dataClass of model.dataClasses.values()) if (await engine.row(anyStatement(dataClass))) return undefined;
  return 0;
}

/**
 * Writes the entities of a seed.
 * @param workFolder where the seed keeps what is expensive to make
 * @param onProgress told how many entities are stored
 * @param from how many of the first are stored already
 * @throws Error naming the entity that the model does not take
 */
export async function sow(
  seed: Seed,
  model: Model,
  workFolder: string,
  services: SowServices,
  onProgress: (done: number) => void,
  from = 0,
): Promise<void> {
  mkdirSync(workFolder, { recursive: true });
  const known = new WeakMap<Uint8Array, Promise<Content>>();
  let waiting: Change[] = [];
  let done = from;
  let seen = 0;
  const store = async (isLast: boolean): Promise<void> => {
    const changes = waiting;
    waiting = [];
    const { engine, now } = services;
    await engine.write(async (tx) => {
      for (const change of changes) await storeEntity(tx, change, { now });
      await tx.run(rememberStatement(progressName, isLast ? complete : String(done + changes.length)));
    });
    done += changes.length;
    onProgress(done);
  };
  for await (const entity of seed.entities(workFolder)) {
    if (seen++ < from) continue;
    waiting.push(await changeOf(entity, model, known, services.converter));
    if (waiting.length >= batch) await store(false);
  }
  await store(true);
}

async function changeOf(
  entity: SeedEntity,
  model: Model,
  known: WeakMap<Uint8Array, Promise<Content>>,
  converter: Converter,
): Promise<Change> {
  const dataClass = model.dataClasses.get(entity.dataClass);
  if (!dataClass) throw new Error(`The seed names ${entity.dataClass}, which is no dataclass of the model`);
  const values = new Map<StorageDef, Value>();
  for (const [name, value] of Object.entries(entity.values)) assign(values, dataClass, name, value);
  const media = new Map<StorageDef, MediaChange>();
  for (const [name, bytes] of Object.entries(entity.media ?? {})) {
    const attribute = dataClass.attributes.get(name);
    if (attribute?.kind !== 'storage')
      throw new Error(`The seed names ${dataClass.name}.${name}, which holds no bytes`);
    media.set(attribute, await mediaOf(attribute, bytes, known, converter));
  }
  return { dataClass, values, media, targets: [] };
}

function assign(values: Map<StorageDef, Value>, dataClass: DataClassDef, name: string, value: Json): void {
  const attribute = dataClass.attributes.get(name);
  if (attribute?.kind === 'relatedEntity') {
    const key = value === null ? null : keyValue(attribute.target.key[0] as StorageDef, String(value));
    if (key === undefined)
      throw new Error(`The seed gives ${dataClass.name}.${name} a key that cannot be: ${String(value)}`);
    values.set(attribute.foreignKey, key);
    return;
  }
  const assigned = attribute?.kind === 'storage' ? assignValue(attribute, value) : undefined;
  if (attribute?.kind !== 'storage' || assigned?.kind !== 'value')
    throw new Error(`The seed gives ${dataClass.name}.${name} a value it cannot hold: ${JSON.stringify(value)}`);
  values.set(attribute, assigned.value);
}

/** Many entities share one picture; it is hashed and looked at once. */
async function mediaOf(
  attribute: StorageDef,
  bytes: Uint8Array,
  known: WeakMap<Uint8Array, Promise<Content>>,
  converter: Converter,
): Promise<MediaChange> {
  let content = known.get(bytes);
  if (!content) known.set(bytes, (content = describeContent(bytes, attribute.type === 'image', converter)));
  const mediatype = Buffer.from(bytes.subarray(0, 5)).toString('latin1') === '%PDF-' ? 'application/pdf' : 'text/plain';
  return { kind: 'set', content: await content, bytes, mediatype };
}
