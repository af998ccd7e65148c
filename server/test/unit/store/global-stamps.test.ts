// The counter of changes below the API: first tracking of a populated class, pruning, setting, the index of its filter.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readConfig } from '../../../src/config.ts';
import { buildModel } from '../../../src/model/load.ts';
import type { DataClassDef, Model, StorageDef, Value } from '../../../src/model/model.ts';
import { deleteEntity } from '../../../src/orm/drop.ts';
import { saveEntity } from '../../../src/orm/save.ts';
import type { Predicate } from '../../../src/query/predicate.ts';
import type { Engine, Row } from '../../../src/store/engine.ts';
import { pruneDeletions, readGlobalStamp, setGlobalStamp, touchClass } from '../../../src/store/global-stamps.ts';
import { openEngine } from '../../../src/store/open.ts';
import { pageStatement } from '../../../src/store/sql/select.ts';
import { raw, sql, Sql } from '../../../src/store/sql/sql.ts';

const root = mkdtempSync(join(tmpdir(), 'keystamp-global-stamps-'));
after(() => rmSync(root, { recursive: true }));

let folders = 0;
const newFolder = (): string => join(root, String(++folders));

const attributes = { ID: { type: 'long', primKey: true, autosequence: true }, name: { type: 'string' } };
const modelOf = (person: boolean, place = false): Model =>
  buildModel({
    dataClasses: { Person: { attributes, track: person }, Place: { attributes, track: place } },
  });

async function opened<T>(folder: string, model: Model, use: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await openEngine(readConfig({ data: folder }), model);
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}

const classOf = (model: Model, name: string): DataClassDef => model.dataClasses.get(name) as DataClassDef;

const time = Date.UTC(2025, 0, 1);

/** Saves a new entity of each name. */
async function add(engine: Engine, dataClass: DataClassDef, ...names: string[]): Promise<void> {
  const attribute = dataClass.attributes.get('name') as StorageDef;
  for (const name of names)
    await engine.write((tx) =>
      saveEntity(
        tx,
        { dataClass, values: new Map([[attribute, name]]), media: new Map(), targets: [] },
        { now: () => time },
      ),
    );
}

const remove = (engine: Engine, dataClass: DataClassDef, key: Value, now = time): Promise<void> =>
  engine.write((tx) => deleteEntity(tx, dataClass, [key], undefined, { now: () => now }));

async function rows(engine: Engine, statement: Sql): Promise<readonly Row[]> {
  engine.refresh();
  return (await engine.rows(statement)).map((row) => ({ ...row }));
}

const stampsOf = async (engine: Engine, table: string): Promise<Value[]> =>
  (await rows(engine, raw(`SELECT "__global_stamp" AS stamp FROM "${table}" ORDER BY "ID"`))).map(
    (row) => row['stamp'] as Value,
  );
const deletions = (engine: Engine): Promise<readonly Row[]> =>
  rows(engine, raw('SELECT stamp, primary_key AS key, table_name AS name FROM keystamp_deleted_record ORDER BY stamp'));

test('2.4: a class that is tracked from now on: all its entities get the current number, later ones go on', async () => {
  const folder = newFolder();
  const before = modelOf(false, true);
  await opened(folder, before, async (engine) => {
    await add(engine, classOf(before, 'Person'), 'Ada', 'Bo');
    await add(engine, classOf(before, 'Place'), 'Lyon', 'Tromsø', 'Oslo');
    assert.equal((await readGlobalStamp(engine)).value, 4);
  });
  const model = modelOf(true, true);
  for (let start = 0; start < 2; start++)
    await opened(folder, model, async (engine) => {
      assert.deepEqual(await stampsOf(engine, 'Person'), [4, 4], `start ${start}`);
      assert.deepEqual(await stampsOf(engine, 'Place'), [1, 2, 3]);
      assert.equal((await readGlobalStamp(engine)).value, 5);
    });
});

test('2.4: a class that was not tracked for a while is read anew by everybody', async () => {
  const folder = newFolder();
  const tracked = modelOf(true);
  await opened(folder, tracked, (engine) => add(engine, classOf(tracked, 'Person'), 'Ada', 'Bo'));
  const plain = modelOf(false);
  await opened(folder, plain, async (engine) => {
    await add(engine, classOf(plain, 'Person'), 'Carla');
    assert.equal((await readGlobalStamp(engine)).value, 3, 'untracked classes never move it');
  });
  await opened(folder, tracked, async (engine) => {
    assert.deepEqual(await stampsOf(engine, 'Person'), [3, 3, 3]);
    assert.equal((await readGlobalStamp(engine)).value, 4);
  });
});

test('a model without tracked classes has no tables, columns or class for it', async () => {
  const model = modelOf(false);
  assert.deepEqual([...model.dataClasses.keys()], ['Person', 'Place']);
  await opened(newFolder(), model, async (engine) => {
    assert.deepEqual(await rows(engine, raw("SELECT name FROM sqlite_schema WHERE name LIKE '%deleted%'")), []);
    assert.deepEqual(
      await rows(engine, raw("SELECT name FROM pragma_table_xinfo('Person') WHERE name = '__global_stamp'")),
      [],
    );
  });
});

test('the counter stays above every number after any series; a rollback leaves none twice', async () => {
  const model = modelOf(true, true);
  const [person, place] = [classOf(model, 'Person'), classOf(model, 'Place')];
  await opened(newFolder(), model, async (engine) => {
    const given: Value[] = [];
    for (let round = 0; round < 40; round++) {
      if (round % 7 === 3)
        await assert.rejects(
          engine.write(async (tx) => {
            await deleteEntity(tx, person, [1], undefined, { now: () => time });
            throw new Error('undone');
          }),
        );
      await add(engine, round % 2 ? person : place, `N${round}`);
      if (round % 5 === 4) await remove(engine, round % 2 ? person : place, Math.ceil(round / 2));
      const stamps = [...(await stampsOf(engine, 'Person')), ...(await stampsOf(engine, 'Place'))];
      const all = [...stamps, ...(await deletions(engine)).map((row) => row['stamp'] as Value)].map(Number);
      given.push(...all);
      assert.equal(new Set(all).size, all.length, 'no number twice');
      assert.ok((await readGlobalStamp(engine)).value > Math.max(...all));
    }
  });
});

test('5.5: a key that is deleted and used again leaves no deletion', async () => {
  const model = buildModel({
    dataClasses: { Note: { track: true, attributes: { code: { type: 'string', primKey: true } } } },
  });
  const note = classOf(model, 'Note');
  const code = note.key[0] as StorageDef;
  await opened(newFolder(), model, async (engine) => {
    const save = (value: string): Promise<unknown> =>
      engine.write((tx) =>
        saveEntity(
          tx,
          { dataClass: note, values: new Map([[code, value]]), media: new Map(), targets: [] },
          { now: () => time },
        ),
      );
    for (const value of ['a', 'b']) await save(value);
    for (const value of ['a', 'b']) await remove(engine, note, value);
    assert.deepEqual(await deletions(engine), [
      { stamp: 3, key: 'a', name: 'Note' },
      { stamp: 4, key: 'b', name: 'Note' },
    ]);
    await save('a');
    assert.deepEqual(await deletions(engine), [{ stamp: 4, key: 'b', name: 'Note' }]);
  });
});

test('7.1: pruning by number and by time remembers the highest number that was forgotten', async () => {
  const model = modelOf(true);
  const person = classOf(model, 'Person');
  await opened(newFolder(), model, async (engine) => {
    await add(engine, person, 'a', 'b', 'c', 'd');
    for (const key of [1, 2, 3, 4]) await remove(engine, person, key, time + key * 1000);
    const prune = (which: Parameters<typeof pruneDeletions>[1]): Promise<number> =>
      engine.write((tx) => pruneDeletions(tx, which));
    assert.equal(await prune({ kind: 'stamp', stamp: 5 }), 0);
    assert.deepEqual(await readGlobalStamp(engine), { value: 9, pruned: 0 });
    assert.equal(await prune({ kind: 'stamp', stamp: 7 }), 2);
    engine.refresh();
    assert.deepEqual(await readGlobalStamp(engine), { value: 9, pruned: 6 });
    assert.equal(await prune({ kind: 'time', timestamp: new Date(time + 3500).toISOString() }), 1);
    engine.refresh();
    assert.deepEqual(await readGlobalStamp(engine), { value: 9, pruned: 7 });
    assert.deepEqual(await deletions(engine), [{ stamp: 8, key: '4', name: 'Person' }]);
  });
});

test('2.3: the counter is lowered only when forced; touching gives all entities one new number', async () => {
  const model = modelOf(true);
  const person = classOf(model, 'Person');
  await opened(newFolder(), model, async (engine) => {
    await add(engine, person, 'a', 'b');
    assert.equal(await engine.write((tx) => setGlobalStamp(tx, 100)), true);
    assert.equal(await engine.write((tx) => setGlobalStamp(tx, 50)), false);
    assert.equal(await engine.write((tx) => touchClass(tx, person)), 2);
    assert.deepEqual(await stampsOf(engine, 'Person'), [100, 100]);
    assert.equal(await engine.write((tx) => setGlobalStamp(tx, 50, true)), true);
    engine.refresh();
    assert.equal((await readGlobalStamp(engine)).value, 50);
  });
});

test('4.4: a filter on the number uses its index, the list of deletions too', async () => {
  const model = modelOf(true);
  await opened(newFolder(), model, async (engine) => {
    await engine.write((tx) =>
      tx.run(
        raw(
          'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO "Person" ("__global_stamp") SELECT i FROM n',
        ),
      ),
    );
    for (const [name, attribute] of [
      ['Person', '__GlobalStamp'],
      ['__DeletedRecords', '__Stamp'],
    ] as const) {
      const dataClass = classOf(model, name);
      const predicate: Predicate = {
        kind: 'test',
        attribute: dataClass.attributes.get(attribute) as StorageDef,
        test: { kind: 'compare', comparison: '>=', value: 4990 },
      };
      const columns = { dataClass, items: [], calculated: false, paged: false, links: {} as never };
      const selection = { dataClass, predicate, order: [] };
      const { text, params } = pageStatement(selection, { kind: 'entities', columns }, 0, 100, engine.dialect);
      const plan = await rows(engine, new Sql(`EXPLAIN QUERY PLAN ${text}`, params));
      const index = `${dataClass.table}.${attribute === '__Stamp' ? 'stamp' : '__global_stamp'} index`;
      assert.ok(
        plan.some(({ detail }) => String(detail).includes(index)),
        JSON.stringify(plan),
      );
    }
    assert.deepEqual(await rows(engine, sql`SELECT pruned FROM keystamp_global_stamp`), [{ pruned: 0 }]);
  });
});
