// What a save, drop or lock knows of an entity is what others have left of it, whoever writes at the same time. Where one
// writes after the other that is so by itself, so this is about PostgreSQL alone.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { dataStoreOf, defineModel, implement } from 'keystamp';
import type { HttpReply } from '../../src/reply/http-reply.ts';
import { contentTable, tombstoneTable } from '../../src/store/sql/columns.ts';
import { raw, sql } from '../../src/store/sql/sql.ts';
import { picture } from '../wire/pictures.ts';
import { openModel, type OpenModel } from './open-model.ts';
import { engine } from './program.ts';
import { ask, save } from './rest.ts';

engine.name = 'postgres';

const ID = { type: 'long', primKey: true } as const;
const definition = defineModel({
  dataClasses: {
    Shot: { attributes: { ID, name: { type: 'string' }, photo: { type: 'image' } } },
    Counted: { attributes: { ID, note: { type: 'string' }, saves: { type: 'long' } } },
  },
});
const implemented = implement(definition, {
  dataClasses: {
    Counted: {
      events: {
        saving() {
          this.saves = (this.saves ?? 0) + 1;
        },
      },
    },
  },
});
const ds = dataStoreOf(definition);

let program: OpenModel;
let first: Buffer;
let second: Buffer;

before(async () => {
  program = await openModel(implemented);
  [first, second] = [Buffer.from(await picture('png')), Buffer.from(await picture('jpeg'))];
});
after(() => program.close());

beforeEach(() =>
  program.run(async () => {
    await ds.Shot.all().drop();
    await ds.Counted.all().drop();
    await ds.Shot.fromCollection([
      { ID: 1, photo: first },
      { ID: 2, photo: first },
    ]);
    await ds.Counted.new({ ID: 1 }).save();
  }),
);

/** What `work` gives that begins while `change` is done and not committed, and must wait for it. */
async function meanwhile<T>(change: () => Promise<unknown>, work: () => Promise<T>): Promise<T> {
  let outcome: Promise<T> | undefined;
  await program.run(() =>
    ds.transaction(async () => {
      await change();
      outcome = program.run(work);
      outcome.catch(() => undefined);
      while (!(await isWaiting())) await sleep(5);
    }),
  );
  return outcome as Promise<T>;
}

const isWaiting = async (): Promise<boolean> =>
  (await program.keystamp.services.engine.row(
    raw("SELECT 1 AS found FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"),
  )) !== undefined;

const replace = async (): Promise<unknown> => (await ds.Shot.get(1))!.set({ photo: second }).save();

const versionOf = (body: { readonly photo: { readonly __deferred: { readonly uri: string } } }): number =>
  Number(/\$version=(\d+)/.exec(body.photo.__deferred.uri)?.[1]);

test('a drop releases the picture that is there then, and its numbers never come again', async () => {
  const { body } = await ask(program, 'GET', '/rest/Shot(1)');
  assert.equal((await meanwhile(replace, () => ask(program, 'DELETE', '/rest/Shot(1)'))).status, 200);
  const { engine: database } = program.keystamp.services;
  const contents = await database.rows(sql`SELECT mediatype, refs FROM ${contentTable}`);
  assert.deepEqual(contents, [{ mediatype: 'image/png', refs: 1 }]);
  const buried = await database.row(sql`SELECT version FROM ${tombstoneTable} WHERE dataclass = 'Shot' AND key = '1'`);
  const replaced = versionOf(body) + 1;
  assert.equal(buried?.['version'], replaced);
  await program.run(() => ds.Shot.new({ ID: 1, photo: second }).save());
  assert.ok(versionOf((await ask(program, 'GET', '/rest/Shot(1)')).body) > replaced);
});

test('a picture that was replaced meanwhile is not replaced by who has seen the one before', async () => {
  const send = (
    method: string,
    headers: Record<string, string> = {},
    bytes: readonly Buffer[] = [],
  ): Promise<HttpReply> =>
    program.keystamp.handle({
      method,
      url: '/rest/Shot(1)/photo?$imageformat=best',
      headers,
      body: Readable.from(bytes),
      remoteAddress: '127.0.0.1',
      secure: false,
    });
  const { ETag } = (await send('GET')).headers;
  const headers = { 'if-match': String(ETag), 'content-type': 'image/png' };
  assert.equal((await meanwhile(replace, () => send('PUT', headers, [first]))).status, 412);
});

test('events of a save see what others have left', async () => {
  const count = async (): Promise<unknown> => (await ds.Counted.get(1))!.set({ note: 'a' }).save();
  const { status, body } = await meanwhile(count, () => save(program, 'Counted', { __KEY: '1', note: 'b' }));
  assert.deepEqual([status, body.note, body.saves], [200, 'b', 3]);
});

test('a lock is of the entity as it is then', async () => {
  const locked = await meanwhile(replace, async () => {
    const shot = (await ds.Shot.get(1))!;
    return shot.lock();
  });
  assert.equal(locked.status, 2);
});
