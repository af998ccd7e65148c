import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { readConfig } from '../../../src/config.ts';
import { buildModel } from '../../../src/model/load.ts';
import type { Model, StorageDef, Value } from '../../../src/model/model.ts';
import { deleteEntity } from '../../../src/orm/drop.ts';
import { saveEntity } from '../../../src/orm/save.ts';
import { bindFilter } from '../../../src/query/bind.ts';
import { noParams } from '../../../src/query/params.ts';
import { parseFilter } from '../../../src/query/parse.ts';
import { exposedSight } from '../../../src/query/sight.ts';
import type { Engine } from '../../../src/store/engine.ts';
import { openEngine } from '../../../src/store/open.ts';
import { keysStatement } from '../../../src/store/sql/select.ts';
import { raw, Sql } from '../../../src/store/sql/sql.ts';

const root = mkdtempSync(join(tmpdir(), 'keystamp-words-'));
after(() => rmSync(root, { recursive: true }));

/** Two attributes with the same texts, one with an index, one without. */
const modelWith = (keywords: boolean): Model =>
  buildModel({
    dataClasses: {
      Note: {
        attributes: {
          ID: { type: 'long', primKey: true, autosequence: true },
          indexed: { type: 'text', keywords },
          plain: { type: 'text' },
          parentID: { type: 'long' },
          parent: { kind: 'relatedEntity', dataClass: 'Note', foreignKey: 'parentID' },
        },
      },
    },
  });

const config = readConfig();
const context = { now: Date.now };

function open(folder: string, model: Model): Promise<Engine> {
  return openEngine(readConfig({ data: join(root, folder) }), model);
}

async function save(engine: Engine, model: Model, key: number | undefined, text: Value): Promise<number> {
  const note = model.dataClasses.get('Note')!;
  const attribute = (name: string): StorageDef => note.attributes.get(name) as StorageDef;
  const values = new Map<StorageDef, Value>([
    [attribute('indexed'), text],
    [attribute('plain'), text],
  ]);
  if (key === undefined) values.set(attribute('parentID'), 1);
  const change = { dataClass: note, ...(key !== undefined && { key: [key] }), values, media: new Map(), targets: [] };
  return engine.write(async (tx) => (await saveEntity(tx, change, context)).key[0] as number);
}

async function find(engine: Engine, model: Model, filter: string): Promise<readonly Value[]> {
  const note = model.dataClasses.get('Note')!;
  const predicate = bindFilter(parseFilter(filter, config), note, noParams, config, exposedSight);
  const rows = await engine.rows(keysStatement({ dataClass: note, predicate, order: [] }, engine.dialect));
  return rows.map((row) => row['ID'] as Value);
}

const words = fc.constantFrom('alpha', 'Beta', 'béta', 'gamma', "don't", 'alphabet', 'ß', 'Straße', 'x');
// More than four words of a query are counted, not looked up each.
const someTexts = fc.option(fc.array(words, { maxLength: 8 }).map((list) => list.join(' - ')));
const queries = fc.tuple(fc.array(words, { minLength: 1, maxLength: 6 }), fc.boolean(), fc.boolean());

test('the index answers as reading every text does, through saves, changes and deletes, negated and over a relation', async () => {
  const model = modelWith(true);
  const engine = await open('random', model);
  const keys: number[] = [];
  const note = model.dataClasses.get('Note')!;
  await fc.assert(
    fc.asyncProperty(
      someTexts,
      fc.nat(),
      fc.integer({ min: 0, max: 3 }),
      queries,
      async (text, place, what, [list, prefix, not]) => {
        const key = keys[place % (keys.length || 1)];
        if (what < 2 || key === undefined) keys.push(await save(engine, model, undefined, text));
        else if (what === 2) await save(engine, model, key, text);
        else {
          keys.splice(keys.indexOf(key), 1);
          await engine.write((tx) => deleteEntity(tx, note, [key], undefined, context));
        }
        const asked = `"${list.join(' ')}${prefix ? '@' : ''}"`;
        const on = (name: string): string => `${not ? 'NOT ' : ''}(${name} % ${asked})`;
        assert.deepEqual(await find(engine, model, on('indexed')), await find(engine, model, on('plain')));
        assert.deepEqual(
          await find(engine, model, on('parent.indexed')),
          await find(engine, model, on('parent.plain')),
        );
      },
    ),
    { numRuns: 300 },
  );
  await engine.close();
});

test('the statement uses the index', async () => {
  const model = modelWith(true);
  const engine = await open('plan', model);
  const note = model.dataClasses.get('Note')!;
  const predicate = bindFilter(parseFilter("indexed % 'beta'", config), note, noParams, config, exposedSight);
  const { text, params } = keysStatement({ dataClass: note, predicate, order: [] }, engine.dialect);
  const plan = await engine.rows(new Sql(`EXPLAIN QUERY PLAN ${text}`, params));
  const details = plan.map((row) => String(row['detail'])).join('\n');
  assert.match(details, /keystamp_words/);
  assert.doesNotMatch(details, /SCAN "?e"?$/m);
  await engine.close();
});

test('an index that is added is filled from what is stored; one that is taken away leaves nothing behind', async () => {
  const without = modelWith(false);
  let engine = await open('added', without);
  const texts = Array.from({ length: 2500 }, (_, i) => `word${i % 50} Número`);
  await Promise.all(texts.map((text) => save(engine, without, undefined, text)));
  await engine.close();
  const model = modelWith(true);
  engine = await open('added', model);
  assert.equal((await find(engine, model, "indexed % 'NUMERO word7'")).length, 50);
  await engine.close();
  engine = await open('added', without);
  const tables = await engine.rows(raw("SELECT name FROM sqlite_schema WHERE name LIKE 'keystamp_words%'"));
  assert.deepEqual(tables, []);
  assert.equal((await find(engine, without, "indexed % 'numero word7'")).length, 50);
  await engine.close();
});

test('an index that is added knows entities by keys past what a JavaScript number holds', async () => {
  const keyed = (keywords: boolean): Model =>
    buildModel({
      dataClasses: {
        Note: { attributes: { ID: { type: 'long64', primKey: true }, indexed: { type: 'text', keywords } } },
      },
    });
  const without = keyed(false);
  let engine = await open('long-keys', without);
  const note = without.dataClasses.get('Note')!;
  const attribute = (name: string): StorageDef => note.attributes.get(name) as StorageDef;
  const keys = [9007199254740993n, 9007199254740995n];
  for (const key of keys) {
    const values = new Map<StorageDef, Value>([
      [attribute('ID'), key],
      [attribute('indexed'), `word${key}`],
    ]);
    const change = { dataClass: note, values, media: new Map(), targets: [] };
    await engine.write((tx) => saveEntity(tx, change, context));
  }
  await engine.close();
  const model = keyed(true);
  engine = await open('long-keys', model);
  for (const key of keys)
    assert.deepEqual((await find(engine, model, `indexed % 'word${key}'`)).map(BigInt as never), [key]);
  await engine.close();
});
