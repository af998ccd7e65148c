// Tables follow the model: made, extended, never losing data. A change that would lose some is refused, and then
// nothing at all has changed.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import Database from 'better-sqlite3';
import { readConfig } from '../../../src/config.ts';
import { buildModel } from '../../../src/model/load.ts';
import { ModelError } from '../../../src/model/model-error.ts';
import type { DataClassDef, Value } from '../../../src/model/model.ts';
import { openEngine } from '../../../src/store/open.ts';
import { bindable } from '../../../src/store/sqlite/bind.ts';
import { registerFunctions } from '../../../src/store/sqlite/functions.ts';
import { bind, statement } from '../query/ask.ts';

const root = mkdtempSync(join(tmpdir(), 'keystamp-schema-'));
after(() => rmSync(root, { recursive: true }));

let folders = 0;
const newFolder = (): string => join(root, String(++folders));

type Attributes = Readonly<Record<string, object>>;

const ID = { type: 'long', primKey: true, autosequence: true };
/** A model with one class `Person` of these attributes beside a numbered key, and other classes. */
const person = (attributes: Attributes, others: Readonly<Record<string, object>> = {}): object => ({
  dataClasses: { Person: { attributes: { ID, ...attributes } }, ...others },
});

/** Opens the folder with the model and closes it: what a start of the server does to the tables. */
async function start(folder: string, model: object): Promise<void> {
  await (await openEngine(readConfig({ data: folder }), buildModel(model))).close();
}

function withDatabase<T>(folder: string, use: (database: Database.Database) => T): T {
  const database = new Database(join(folder, 'keystamp.db'));
  registerFunctions(database);
  try {
    return use(database);
  } finally {
    database.close();
  }
}

/** Every definition and every row of the database, to see that nothing has changed. */
const dump = (folder: string): unknown =>
  withDatabase(folder, (database) => {
    const schema = database
      .prepare<[], { type: string; name: string; sql: string }>(
        'SELECT type, name, sql FROM sqlite_schema ORDER BY type, name',
      )
      .all();
    const tables = schema.filter(({ type }) => type === 'table');
    return [schema, tables.map(({ name }) => [name, database.prepare(`SELECT * FROM "${name}"`).all()])];
  });

const insert = (folder: string, ...rows: Readonly<Record<string, unknown>>[]): void =>
  withDatabase(folder, (database) => {
    for (const row of rows) {
      const names = Object.keys(row).map((name) => `"${name}"`);
      database.prepare(`INSERT INTO Person (${names}) VALUES (${names.map(() => '?')})`).run(...Object.values(row));
    }
  });

const indexesOf = (folder: string): readonly string[] =>
  withDatabase(folder, (database) =>
    database
      .prepare<[], { name: string }>(
        "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name NOT GLOB 'keystamp_*' ORDER BY name",
      )
      .all()
      .map(({ name }) => name),
  );

/** The model is refused with exactly these faults, and the database is as it was. */
async function refused(folder: string, model: object, faults: readonly string[]): Promise<void> {
  const before = dump(folder);
  await assert.rejects(start(folder, model), (error) => {
    assert.ok(error instanceof ModelError);
    assert.deepEqual(error.faults, faults);
    return true;
  });
  assert.deepEqual(dump(folder), before);
}

test('a first start makes the tables, a second one changes nothing', async () => {
  const folder = newFolder();
  const model = person({
    name: { type: 'string', indexed: true },
    email: { type: 'string', unique: true },
    photo: { type: 'image' },
    cv: { type: 'blob' },
    boss: { kind: 'relatedEntity', dataClass: 'Person' },
  });
  await start(folder, model);
  const made = dump(folder);
  assert.deepEqual(indexesOf(folder), [
    'Person.boss__key index',
    'Person.email index',
    'Person.email unique',
    'Person.name index',
  ]);
  await start(folder, model);
  assert.deepEqual(dump(folder), made);
});

test('new attributes, classes and indexes come, stored entities stay readable', async () => {
  const folder = newFolder();
  await start(folder, person({ name: { type: 'string' } }));
  insert(folder, { name: 'Ada', __stamp: 4 }, { name: 'Eve' });
  await start(
    folder,
    person(
      {
        name: { type: 'text', indexed: true },
        salary: { type: 'number', unique: true },
        photo: { type: 'image' },
        boss: { kind: 'relatedEntity', dataClass: 'Person' },
      },
      { Pet: { attributes: { ID } } },
    ),
  );
  assert.deepEqual(indexesOf(folder), ['Person.boss__key index', 'Person.name index', 'Person.salary unique']);
  withDatabase(folder, (database) => {
    assert.deepEqual(
      database.prepare('SELECT ID, name, salary, photo, photo__stamp, boss__key, __stamp FROM Person').all(),
      [
        { ID: 1, name: 'Ada', salary: null, photo: null, photo__stamp: null, boss__key: null, __stamp: 4 },
        { ID: 2, name: 'Eve', salary: null, photo: null, photo__stamp: null, boss__key: null, __stamp: 1 },
      ],
    );
    assert.deepEqual(database.prepare('SELECT count(*) AS n FROM Pet').get(), { n: 0 });
  });
});

test('an attribute that leaves the model keeps its column, and finds it when it comes back', async () => {
  const folder = newFolder();
  await start(folder, person({ name: { type: 'string' } }));
  insert(folder, { name: 'Ada' });
  await start(folder, person({}));
  await start(folder, person({ name: { type: 'string' } }));
  withDatabase(folder, (database) =>
    assert.deepEqual(database.prepare('SELECT name FROM Person').get(), { name: 'Ada' }),
  );
  await start(folder, person({}));
  await refused(folder, person({ name: { type: 'long' } }), [
    'Person.name: is long in the model and string in the database; changing it would lose the stored values. Set it back to string, or give the new attribute another name and copy the values.',
  ]);
});

test('types grow without loss', async () => {
  for (const [from, to] of [
    ['byte', 'word'],
    ['word', 'long'],
    ['long', 'long64'],
    ['long', 'number'],
    ['long64', 'duration'],
    ['duration', 'long64'],
    ['string', 'text'],
    ['text', 'string'],
    ['uuid', 'string'],
  ]) {
    const folder = newFolder();
    await start(folder, person({ x: { type: from } }));
    await start(folder, person({ x: { type: to } }));
  }
});

test('types that would lose values are refused, all of them at once', async () => {
  const folder = newFolder();
  await start(
    folder,
    person({ a: { type: 'long' }, b: { type: 'string' }, c: { type: 'date' }, d: { type: 'image' } }),
  );
  insert(folder, { a: 70_000, b: 'x', c: 5 });
  const fault = (name: string, is: string, was: string): string =>
    `Person.${name}: is ${is} in the model and ${was} in the database; changing it would lose the stored values. Set it back to ${was}, or give the new attribute another name and copy the values.`;
  await refused(
    folder,
    person({
      a: { type: 'word' },
      b: { type: 'bool' },
      c: { type: 'date', simpleDate: true },
      d: { type: 'blob' },
      e: { type: 'string' },
    }),
    [
      fault('a', 'word', 'long'),
      fault('b', 'bool', 'string'),
      fault('c', 'date simpleDate', 'date'),
      fault('d', 'blob', 'image'),
    ],
  );
});

test('a growth that was taken is remembered', async () => {
  const folder = newFolder();
  await start(folder, person({ x: { type: 'word' } }));
  await start(folder, person({ x: { type: 'long' } }));
  await refused(folder, person({ x: { type: 'word' } }), [
    'Person.x: is word in the model and long in the database; changing it would lose the stored values. Set it back to long, or give the new attribute another name and copy the values.',
  ]);
});

const lost = 'the entities would lose their identity. Keep the old key, or make a new dataclass and copy the entities.';

test('another key is refused: a new attribute, a stored one, one more part', async () => {
  const folder = newFolder();
  await start(folder, person({ code: { type: 'string' } }));
  insert(folder, { code: 'a' }, { code: 'a' });
  const keyed = (attributes: Attributes): object => ({ dataClasses: { Person: { attributes } } });
  await refused(folder, keyed({ ID: { type: 'long' }, uid: { type: 'uuid', primKey: true } }), [
    `Person.uid: is the key in the model but not in the database; ${lost}`,
    `Person: id is the key in the database but not in the model; ${lost}`,
  ]);
  await refused(folder, keyed({ ID: { type: 'long' }, code: { type: 'string', primKey: true } }), [
    `Person.code: is the key in the model but not in the database; ${lost}`,
    `Person: id is the key in the database but not in the model; ${lost}`,
  ]);
  await refused(folder, keyed({ ID: { type: 'long', primKey: true }, code: { type: 'string', primKey: true } }), [
    `Person.code: is the key in the model but not in the database; ${lost}`,
  ]);
});

test('unique over equal values is refused and says where; over different values and nulls it comes', async () => {
  const folder = newFolder();
  await start(folder, person({ email: { type: 'string' } }));
  insert(folder, { email: 'a@x' }, { email: 'a@x' }, { email: null }, { email: null });
  await refused(folder, person({ email: { type: 'string', unique: true }, more: { type: 'string' } }), [
    'Person.email: is unique in the model, but the database holds equal values; make them different or drop unique.',
  ]);
  withDatabase(folder, (database) => database.prepare("UPDATE Person SET email = 'b@x' WHERE ID = 2").run());
  await start(folder, person({ email: { type: 'string', unique: true } }));
  assert.deepEqual(indexesOf(folder), ['Person.email index', 'Person.email unique']);
});

test('indexes that the model no longer asks for go', async () => {
  const folder = newFolder();
  await start(
    folder,
    person(
      {
        email: { type: 'string', unique: true, indexed: true },
        bossID: { type: 'string' },
        boss: { kind: 'relatedEntity', dataClass: 'Boss', foreignKey: 'bossID' },
      },
      { Boss: { attributes: { code: { type: 'string', primKey: true } } } },
    ),
  );
  assert.deepEqual(indexesOf(folder), [
    'Boss.code index',
    'Person.bossID key',
    'Person.email index',
    'Person.email unique',
  ]);
  await start(folder, person({ email: { type: 'string' }, bossID: { type: 'string' } }));
  assert.deepEqual(indexesOf(folder), ['Boss.code index']);
  insert(folder, { email: 'a@x' }, { email: 'a@x' });
});

test('filters over unique texts and text keys are looked up', async () => {
  const folder = newFolder();
  const attributes = { text: { type: 'string', primKey: true }, code: { type: 'string', unique: true } };
  const model = { dataClasses: { Word: { attributes } } };
  await start(folder, model);
  const dataClass = buildModel(model).dataClasses.get('Word') as DataClassDef;
  for (const name of ['text', 'code']) {
    const { text, params } = statement(dataClass, bind(dataClass, `${name} = 'a'`));
    const plan = withDatabase(folder, (database) =>
      database.prepare<Value[], { detail: string }>(`EXPLAIN QUERY PLAN ${text}`).all(...bindable(params)),
    );
    assert.match(plan.map(({ detail }) => detail).join('\n'), new RegExp(`SEARCH t USING INDEX Word.${name} index`));
  }
});

test('names of indexes never meet', async () => {
  const folder = newFolder();
  const attributes = (name: string): object => ({ attributes: { ID, [name]: { type: 'string', unique: true } } });
  await start(folder, { dataClasses: { a: attributes('b_c'), a_b: attributes('c') } });
  assert.deepEqual(indexesOf(folder), ['a.b_c index', 'a.b_c unique', 'a_b.c index', 'a_b.c unique']);
});

test('table and column names of the author are quoted whatever they hold', async () => {
  const folder = newFolder();
  const table = `it's "my" table; DROP TABLE x --`;
  await start(folder, {
    dataClasses: {
      Person: {
        table,
        attributes: {
          ID,
          x: { type: 'string', column: `a "b" 'c'`, indexed: true },
          photo: { type: 'image', column: 'select' },
        },
      },
    },
  });
  withDatabase(folder, (database) => {
    const names = database.prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)').all(table);
    assert.deepEqual(
      names.map(({ name }) => name),
      ['ID', '__stamp', '__timestamp', '__base', 'select', 'select__stamp', 'select__time', `a "b" 'c'`],
    );
  });
});
