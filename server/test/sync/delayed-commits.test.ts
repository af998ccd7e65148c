// On PostgreSQL a lower number may be taken first and committed last. Whoever reads the counter has been able to see
// every change with a smaller number all the same (spec 17 § 3.5).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../../examples/company/random.ts';
import type { DataClassDef, StorageDef } from '../../src/model/model.ts';
import { deleteEntity } from '../../src/orm/drop.ts';
import { saveEntity } from '../../src/orm/save.ts';
import { dropDatabase, newDatabase } from '../postgres.ts';
import { FeedServers } from './feed-servers.ts';
import type { List } from './sync-server.ts';

const rounds = process.env['KEYSTAMP_LONG'] === '1' ? 1000 : 100;
const seed = Number(process.env['KEYSTAMP_SEED'] ?? 1);

test(`no change is skipped in ${rounds} rounds of delayed commits, seed ${seed}`, async (t) => {
  const database = await newDatabase();
  const servers = new FeedServers({ database });
  t.after(async () => {
    await servers.close();
    await dropDatabase(database);
  });
  const nodes = await Promise.all([servers.node(1), servers.node(2)]);
  const random = createRandom(seed);
  const [{ keystamp }] = nodes;
  const { model } = keystamp.parts[0] as (typeof keystamp.parts)[number];
  const person = model.dataClasses.get('Person') as DataClassDef;
  const name = person.attributes.get('name') as StorageDef;
  /** What was written: keys by number, and which of them are gone. */
  const written = new Map<string, string>();
  const context = { now: Date.now };

  /** One or two changes in a transaction that goes on for a while when they are done. */
  const write = async (round: number, writer: number): Promise<void> => {
    const { engine } = (nodes[writer % 2] as (typeof nodes)[number]).keystamp.services;
    const [before, behind, more] = [random.int(0, 4), random.int(0, 6), random.chance(0.3)];
    const gone = random.chance(0.2) ? [...written.keys()].at(random.int(0, 5)) : undefined;
    await sleep(before);
    const made = await engine.write(async (tx) => {
      const keys: string[] = [];
      for (let i = 0; i < (more ? 2 : 1); i++) {
        const values = new Map([[name, `${round} of ${writer}`]]);
        const saved = await saveEntity(tx, { dataClass: person, values, media: new Map(), targets: [] }, context);
        keys.push(String(saved.key[0]));
      }
      await sleep(behind);
      return keys;
    });
    for (const key of made) written.set(key, `${round} of ${writer}`);
    if (gone === undefined || !written.delete(gone)) return;
    await engine.write(async (tx) => {
      await deleteEntity(tx, person, [Number(gone)], undefined, context);
      await sleep(behind);
    });
  };

  /** A client that takes over what has changed since it asked last, and only once what it has been told is complete. */
  class Reader {
    readonly names = new Map<string, string>();
    readonly #url: string;
    #next = 0;

    constructor(url: string) {
      this.#url = url;
    }

    async read(): Promise<void> {
      const ask = async (path: string): Promise<List> => (await fetch(`${this.#url}/rest/${path}`)).json() as Promise<List>; // oxfmt-ignore
      const changed = await ask(`Person?$filter="__GlobalStamp >= ${this.#next}"&$limit=100000`);
      for (const entity of changed.__ENTITIES) this.names.set(entity.__KEY, String(entity['name']));
      const filter = `"__Stamp >= ${this.#next} and __Stamp < ${changed.__GlobalStamp}"`;
      const deleted = await ask(`__DeletedRecords?$filter=${filter}&$limit=100000`);
      for (const row of deleted.__ENTITIES) this.names.delete(String(row['__PrimaryKey']));
      // Nothing below is asked for again.
      this.#next = changed.__GlobalStamp;
    }
  }

  const readers = nodes.map(({ url }) => new Reader(url));
  let writing = true;
  const reading = readers.map(async (reader) => {
    while (writing) await reader.read();
  });
  for (let round = 0; round < rounds; round++) await Promise.all([0, 1, 2].map((writer) => write(round, writer)));
  writing = false;
  await Promise.all(reading);
  for (const reader of readers) {
    await reader.read();
    assert.deepEqual([...reader.names].toSorted(), [...written].toSorted());
  }
  assert.deepEqual(servers.faults, []);
});
