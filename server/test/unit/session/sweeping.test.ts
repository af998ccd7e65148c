// What a server does by itself now and then: what has ended goes, and what was used is written.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { readConfig, type Config } from '../../../src/config.ts';
import { openKeystamp } from '../../../src/keystamp.ts';
import { buildModel } from '../../../src/model/load.ts';
import type { DataClassDef, StorageDef } from '../../../src/model/model.ts';
import { describeContent } from '../../../src/orm/describe-content.ts';
import { deleteEntity } from '../../../src/orm/drop.ts';
import { saveEntity } from '../../../src/orm/save.ts';
import { packKeys } from '../../../src/query/key-list.ts';
import type { Ticket } from '../../../src/session/session.ts';
import { raw } from '../../../src/store/sql/sql.ts';
import { cookieOf, createSession, minute, second } from './open-database.ts';

const day = 24 * 60 * minute;
const model = buildModel({
  dataClasses: { Note: { attributes: { ID: { type: 'long', primKey: true } }, track: true } },
});
const note = model.dataClasses.get('Note') as DataClassDef;
const id = note.attributes.get('ID') as StorageDef;

/** A server whose clock and timers obey; `faults` is what it has told of. */
async function open(t: TestContext, settings: Partial<Config>) {
  // Of the timers those alone that it makes when it is opened.
  t.mock.timers.enable({ apis: ['setInterval'] });
  const data = mkdtempSync(join(tmpdir(), 'keystamp-sweeping-'));
  const faults: unknown[] = [];
  const clock = { now: Date.UTC(2025, 5, 1) };
  const keystamp = await openKeystamp(
    model,
    readConfig({ data, ...settings }),
    (event) => void faults.push(event),
    () => clock.now,
  );
  t.after(async () => {
    await keystamp.close();
    rmSync(data, { recursive: true });
  });
  const { engine, sessions, uploads, converter } = keystamp.services;
  const numberIn = async (what: string, table: string): Promise<number> => {
    engine.refresh();
    return Number((await engine.row(raw(`SELECT ${what} AS n FROM keystamp_${table}`)))?.['n']);
  };
  return {
    clock,
    faults,
    services: keystamp.services,
    numberIn,
    /** Waits until it is that number. */
    async becomes(what: string, table: string, wanted: number): Promise<void> {
      for (let tries = 0; tries < 20_000 && (await numberIn(what, table)) !== wanted; tries++) await wait(5);
      assert.equal(await numberIn(what, table), wanted, table);
    },
    async begin(): Promise<Ticket> {
      const ticket = await createSession(sessions);
      const bytes = Buffer.from('sent ahead');
      const content = await describeContent(bytes, false, converter);
      await uploads.create(ticket.session.id, content, bytes, 'text/plain', 60);
      return ticket;
    },
    saveAndDelete: (key: number): Promise<void> =>
      engine.write(async (tx) => {
        const values = new Map([[id, key]]);
        await saveEntity(tx, { dataClass: note, values, media: new Map(), targets: [] }, { now: () => clock.now });
        await deleteEntity(tx, note, [key], undefined, { now: () => clock.now });
      }),
  };
}

test('what has ended goes by itself, and how long sessions live is written', async (t) => {
  const { clock, faults, services, numberIn, becomes, begin, saveAndDelete } = await open(t, { deletedRecordsDays: 2 });
  const { sessions, sets } = services;
  const ticket = await begin();
  const { session } = ticket;
  await sets.create({ sessionId: session.id, dataClass: note, timeoutSeconds: 60 }, packKeys([1, 2]));
  await saveAndDelete(1);

  clock.now += 10 * minute;
  t.mock.timers.tick(30 * second);
  await becomes('count(*)', 'upload', 0);
  await becomes('count(*)', 'entity_set', 0);
  assert.equal((await sessions.find(cookieOf(ticket)))?.session, session);
  t.mock.timers.tick(5 * second);
  await becomes('max(expires)', 'session', sessions.life.storedEndOf(session));

  clock.now += day;
  await saveAndDelete(2);
  t.mock.timers.tick(30 * second);
  await becomes('count(*)', 'session', 0);
  assert.equal(await numberIn('count(*)', 'deleted_record'), 2);

  clock.now += day;
  t.mock.timers.tick(30 * second);
  await becomes('count(*)', 'deleted_record', 1);
  assert.equal(await numberIn('max(primary_key)', 'deleted_record'), 2);
  assert.deepEqual(faults, []);
});

test('deletions are remembered for ever unless days are given', async (t) => {
  const { clock, numberIn, becomes, begin, saveAndDelete } = await open(t, {});
  await begin();
  await saveAndDelete(1);
  clock.now += 10_000 * day;
  t.mock.timers.tick(30 * second);
  await becomes('count(*)', 'upload', 0);
  await wait(20);
  assert.equal(await numberIn('count(*)', 'deleted_record'), 1);
});
