// The n-th message of a save on PostgreSQL is the last one that gets through, or its n-th query fails, for every n: what
// was acknowledged is there, what was not is there whole or not at all, and the next save goes on.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import pg from 'pg';
import { readConfig } from '../../src/config.ts';
import { buildModel } from '../../src/model/load.ts';
import type { DataClassDef, StorageDef } from '../../src/model/model.ts';
import { saveEntity } from '../../src/orm/save.ts';
import { openEngine } from '../../src/store/open.ts';
import { dropDatabase, newDatabase, runOn } from '../postgres.ts';
import { checkData } from './check-data.ts';
import { Counter } from './counter.ts';
import { FailingSaves } from './failing-saves.ts';
import definition from './model.ts';

const long = process.env['KEYSTAMP_LONG'] === '1';

/** A way to the database that breaks: after so many bunches of messages from the client, all its connections are cut. */
class BrittleWay {
  /** Bunches that still get through; unlimited when infinite. */
  left = Infinity;
  readonly #sockets = new Set<Socket>();
  readonly #server;

  constructor(to: URL) {
    this.#server = createServer((client) => {
      const database = connect(Number(to.port), to.hostname);
      for (const socket of [client, database]) {
        this.#sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => {
          this.#sockets.delete(socket);
          client.destroy();
          database.destroy();
        });
      }
      client.on('data', (bytes) => {
        if (this.left-- > 0) return void database.write(bytes);
        for (const socket of this.#sockets) socket.destroy();
      });
      database.on('data', (bytes) => client.write(bytes));
    });
  }

  listen(): Promise<number> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => resolve((this.#server.address() as AddressInfo).port));
    });
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

test('the way to the database breaks at every place of a save', async () => {
  const database = await newDatabase();
  const way = new BrittleWay(new URL(database));
  const url = new URL(database);
  url.port = String(await way.listen());
  const data = mkdtempSync(join(tmpdir(), 'keystamp-faults-'));
  const model = buildModel(definition);
  const Note = model.dataClasses.get('Note') as DataClassDef;
  const attribute = (name: string): StorageDef => Note.attributes.get(name) as StorageDef;
  const engine = await openEngine(readConfig({ data, database: url.href }), model);
  const save = async (code: string): Promise<void> => {
    const bytes = Buffer.from(`the file of ${code}`);
    const content = { hash: createHash('sha256').update(bytes).digest(), size: bytes.length, mediatype: 'text/plain' };
    const values = new Map([[attribute('code'), code], [attribute('title'), `title of ${code}`]]); // oxfmt-ignore
    const media = new Map([[attribute('file'), { kind: 'set', content, bytes, mediatype: 'text/plain' } as const]]);
    const change = { dataClass: Note, values, media, targets: [] };
    await engine.write((tx) => saveEntity(tx, change, { now: Date.now }));
  };
  try {
    await save('first');
    let broken = 0;
    // A bunch holds one message at least, so this is past the end of any save.
    for (let n = 0; n < 16; n++) {
      const code = `n${n}`;
      way.left = n;
      const acknowledged = await save(code).then(
        () => true,
        () => false,
      );
      if (!acknowledged) broken++;
      way.left = Infinity;
      const [found] = await runOn(database, `SELECT title FROM "Note" WHERE code = '${code}'`);
      if (acknowledged) assert.equal(found?.rowCount, 1, `${code} was acknowledged and is not there`);
      assert.deepEqual(await checkData(data, model, database), [], `after a break at ${n}`);
      await save(`after ${code}`);
    }
    assert.ok(broken > 0, 'nothing was broken');
  } finally {
    await engine.close();
    way.close();
    await dropDatabase(database);
    rmSync(data, { recursive: true, force: true });
  }
});

/** What PostgreSQL may say, what a save is answered then, and whether most saves are begun again instead. */
const failures = [
  { state: '58030', says: 'io_error', statuses: [500], begunAgain: false },
  { state: '53100', says: 'disk_full', statuses: [507], begunAgain: false },
  { state: '57014', says: 'query_canceled', statuses: [503], begunAgain: false },
  { state: '40001', says: 'serialization_failure', statuses: [503], begunAgain: true },
] as const;

test('a query of a save fails, for every query', async (t) => {
  const database = await newDatabase();
  t.after(() => dropDatabase(database));
  const saves = await FailingSaves.start(t, database);
  await runOn(
    database,
    "CREATE FUNCTION fail_with(state text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'made to fail' USING ERRCODE = state; END $$",
  );
  const counter = new Counter();
  let state = '';
  const prototype = pg.Client.prototype as unknown as { query(...values: unknown[]): unknown };
  const { query } = prototype;
  prototype.query = function (asked, ...more) {
    const fails = typeof asked === 'object' && counter.hit();
    const sent = fails ? { ...asked, name: undefined, text: `SELECT fail_with('${state}')`, values: [] } : asked;
    return query.call(this, sent, ...more);
  };
  try {
    for (const [i, failure] of failures.entries()) {
      ({ state } = failure);
      const fault = {
        name: failure.says,
        statuses: failure.statuses,
        arm: (n: number) => counter.arm(n),
        disarm: () => counter.disarm(),
      };
      const { strikes, failed } = await saves.failEverywhere(fault, long ? 0 : 3 * i, long ? 1 : 12);
      assert.ok(strikes > 0 && (failure.begunAgain || failed > 0), `${failure.says}: ${failed} of ${strikes} failed`);
    }
  } finally {
    prototype.query = query;
  }
});
