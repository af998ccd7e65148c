// JSON text of entities is the same, byte for byte, whether SQLite writes it, PostgreSQL writes it, or this program does
// from what PostgreSQL sends: random values of every type, in every form of an answer.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { readConfig } from '../../../src/config.ts';
import { firstInstant, lastInstant } from '../../../src/model/dates.ts';
import { buildModel } from '../../../src/model/load.ts';
import type { DataClassDef, StorageDef, Value } from '../../../src/model/model.ts';
import { printDigits } from '../../../src/model/print-value.ts';
import type { ColumnItem, Columns, Links, Rows } from '../../../src/query/columns.ts';
import { lookerFields } from '../../../src/query/looker.ts';
import { all } from '../../../src/query/predicate.ts';
import type { Engine } from '../../../src/store/engine.ts';
import { openEngine } from '../../../src/store/open.ts';
import { contentTable } from '../../../src/store/sql/columns.ts';
import type { SqlDialect } from '../../../src/store/sql/dialect.ts';
import { entityStatement, membersStatement, pageStatement } from '../../../src/store/sql/select.ts';
import { ident, join as list, sql } from '../../../src/store/sql/sql.ts';
import { dropDatabase, newDatabase } from '../../postgres.ts';

const model = buildModel({
  dataClasses: {
    Thing: {
      track: true,
      attributes: {
        word: { type: 'string', primKey: true },
        text: { type: 'text' },
        id: { type: 'uuid' },
        flag: { type: 'bool' },
        byte: { type: 'byte' },
        small: { type: 'word' },
        whole: { type: 'long' },
        huge: { type: 'long64' },
        lasts: { type: 'duration' },
        real: { type: 'number' },
        at: { type: 'date' },
        day: { type: 'date', simpleDate: true },
        data: { type: 'object' },
        photo: { type: 'image' },
        paper: { type: 'blob' },
        parentWord: { type: 'string', indexed: true },
        placeID: { type: 'number', indexed: true },
        parent: { kind: 'relatedEntity', dataClass: 'Thing', foreignKey: 'parentWord' },
        children: { kind: 'relatedEntities', dataClass: 'Thing', inverse: 'parent' },
        place: { kind: 'relatedEntity', dataClass: 'Place', foreignKey: 'placeID' },
      },
    },
    Place: {
      attributes: {
        ID: { type: 'number', primKey: true },
        things: { kind: 'relatedEntities', dataClass: 'Thing', inverse: 'place' },
      },
    },
    Pair: {
      attributes: {
        one: { type: 'string', primKey: true },
        two: { type: 'number', primKey: true },
        note: { type: 'string' },
        photo: { type: 'image' },
      },
    },
  },
});
const classNamed = (name: string): DataClassDef => model.dataClasses.get(name) as DataClassDef;

const links: Links = {
  mount: '/rest',
  brackets: ['(', ')'],
  imagePrefix: '$imageformat=best&$version=',
  imageSuffix: (attribute) => `&$expand=${attribute}`,
  imageInfo: true,
};
const hash = Buffer.alloc(32, 7);

let folder: string;
let database: string;
let postgres: Engine;
let sqlite: Engine;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keystamp-text-'));
  database = await newDatabase();
  postgres = await openEngine(readConfig({ data: folder, database }), model);
  sqlite = await openEngine(readConfig({ data: folder }), model);
  for (const engine of [postgres, sqlite])
    await engine.write((tx) =>
      tx.run(
        sql`INSERT INTO ${contentTable} (hash, size, mediatype, width, height, alpha, few_colours, pages, thumbhash, refs) VALUES (${hash}, 12345678, 'image/png', 30, 20, ${true}, ${null}, 1, ${'a/b+"c='}, 1000)`,
      ),
    );
});
after(async () => {
  await postgres.close();
  await sqlite.close();
  await dropDatabase(database);
  rmSync(folder, { recursive: true, force: true });
});

const wellFormed = (made: string): string => made.toWellFormed().replaceAll('\0', '');
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }).map(wellFormed),
  fc.string({ unit: 'binary', maxLength: 12 }).map(wellFormed),
  fc.string({
    unit: fc.constantFrom('"', '\\', '\n', '\t', '\u0001', '\u007f', '/', '&', "'", 'é', '🦆'),
    maxLength: 8,
  }),
  fc.constant('x'.repeat(300)),
);
const integer = (bits: number): fc.Arbitrary<number> =>
  fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
const int64 = fc
  .oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -5n, max: 5n }),
    fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }),
  ) // oxfmt-ignore
  .map((made) => (Number.isSafeInteger(Number(made)) ? Number(made) : made));
const real = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.integer().map((made) => made / 100),
  fc.constantFrom(0, -0, 0.1 + 0.2, 1e21, 1e-7, 123456789012345680000, 5e-324, -1.5, 2 ** 53, 1e15, 1e16, -1e15),
);

const generated = {
  string: text,
  text,
  uuid: fc.uuid().map((made) => made.replaceAll('-', '').toUpperCase()),
  bool: fc.boolean(),
  byte: fc.integer({ min: 0, max: 255 }),
  word: integer(16),
  long: integer(32),
  long64: int64,
  duration: int64,
  number: real,
  date: fc.integer({ min: firstInstant, max: lastInstant }),
  object: fc
    .jsonValue({ depthSize: 'small' })
    .map((made) => JSON.stringify({ made: wellFormed(JSON.stringify(made)) })),
  image: fc.constant(hash),
  blob: fc.constant(hash),
} as const satisfies Record<StorageDef['type'], fc.Arbitrary<Value>>;

const day = fc.integer({ min: firstInstant, max: lastInstant }).map((ms) => new Date(ms).toISOString().slice(0, 10));

type Stored = ReadonlyMap<string, Value>;

/** Rows of a class: every column, any but the key may be null. */
const rowsOf = (dataClass: DataClassDef): fc.Arbitrary<readonly Stored[]> => {
  const columns: Record<string, fc.Arbitrary<Value>> = {
    __stamp: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    __base: fc.integer({ min: 0, max: 1000 }),
    __timestamp: fc.constant('2025-01-02T03:04:05.678Z'),
  };
  for (const attribute of dataClass.storage) {
    const { column, type, simpleDate, notNull, primKey } = attribute;
    const value: fc.Arbitrary<Value> = type === 'date' && simpleDate ? day : generated[type];
    columns[column] = notNull || primKey ? value : fc.option(value, { freq: 6 });
    if (type !== 'image' && type !== 'blob') continue;
    columns[`${column}__stamp`] = fc.integer({ min: 1, max: 1000 });
    if (type === 'blob') columns[`${column}__type`] = text;
  }
  return fc
    .uniqueArray(fc.record(columns), {
      minLength: 1,
      maxLength: 12,
      selector: (row) => dataClass.key.map(({ column }) => String(row[column])).join('\0'),
    })
    .map((rows) => rows.map((row) => new Map(Object.entries(row))));
};

async function fill(engine: Engine, { base }: DataClassDef, rows: readonly Stored[]): Promise<void> {
  await engine.write(async (tx) => {
    await tx.run(sql`DELETE FROM ${ident(base)}`);
    for (const row of rows) {
      const names = [...row.keys()].map(ident);
      const values = [...row.values()].map((value) => sql`${value}`);
      await tx.run(sql`INSERT INTO ${ident(base)} (${list(names, ', ')}) VALUES (${list(values, ', ')})`);
    }
  });
}

function columnsOf(dataClass: DataClassDef, detail: boolean): Columns {
  const items = [...dataClass.attributes.values()].flatMap((attribute): readonly ColumnItem[] => {
    switch (attribute.kind) {
      case 'storage':
        return attribute.type === 'image' || attribute.type === 'blob'
          ? [{ kind: 'media', attribute, detail }]
          : [{ kind: 'value', attribute }];
      case 'relatedEntity':
        return [{ kind: 'deferred', attribute }];
      case 'relatedEntities':
        return [{ kind: 'deferred', attribute }];
      default:
        return [];
    }
  });
  return { dataClass, items, links: { ...links, imageInfo: detail }, calculated: false, paged: false };
}

/** As PostgreSQL writes whole pages itself. */
const writing = (dialect: SqlDialect): SqlDialect => ({
  ...dialect,
  page: (json, { rows, order, beside }) =>
    sql`SELECT count(*) AS sent, ${dialect.bytes(dialect.list(json, order))} AS entities, ${list(
      Object.entries({ one: sql`1`, ...beside }).map(([name, value]) => sql`${value} AS ${ident(name)}`),
      ', ',
    )} FROM ${rows}`,
  entity: (json, rows) => sql`SELECT ${dialect.bytes(json)} AS json FROM ${rows}`,
});

const ways = (): readonly (readonly [name: string, engine: Engine, dialect: SqlDialect])[] => [
  ['SQLite', sqlite, sqlite.dialect],
  ['written by PostgreSQL', postgres, writing(postgres.dialect)],
  ['fetched from PostgreSQL', postgres, postgres.dialect],
];

const shown = (bytes: unknown): string => (bytes ? Buffer.from(bytes as Uint8Array).toString('utf8') : 'none');

const numRuns = Number(process.env['KEYSTAMP_FUZZ_RUNS'] ?? 25);

for (const name of ['Thing', 'Pair'])
  test(`${name}: all write the same`, async () => {
    const dataClass = classNamed(name);
    await fc.assert(
      fc.asyncProperty(rowsOf(dataClass), fc.boolean(), async (rows, detail) => {
        for (const engine of [sqlite, postgres]) await fill(engine, dataClass, rows);
        // Columns remember statements of one dialect.
        const columns = (): Columns => columnsOf(dataClass, detail);
        const forms: readonly (() => Rows)[] = [
          () => ({ kind: 'entities', columns: columns() }),
          () => ({ kind: 'array', columns: columns(), keys: true }),
          () => ({ kind: 'looker', fields: lookerFields(columns()), columns: columns() }),
        ];
        const keys = rows.map((row) => dataClass.key.map(({ column }) => row.get(column) as Value));
        const answers: string[][] = [];
        for (const [, engine, dialect] of ways()) {
          const given: string[] = [];
          for (const form of forms) {
            const selection = { dataClass, predicate: all, order: [] };
            const page = await engine.row(pageStatement(selection, form(), 0, 100, dialect));
            given.push(`${String(page?.['sent'])} ${String(page?.['global_stamp'])}\n${shown(page?.['entities'])}`);
            if (dataClass.key.length > 1) continue;
            const asked = [...keys.map(([key]) => key as Value), 'nobody'];
            const members = await engine.row(membersStatement(dataClass, form(), asked, dialect));
            given.push(shown(members?.['entities']));
          }
          for (const key of keys) {
            const row = await engine.row(entityStatement(columns(), key, 'bytes', dialect));
            given.push(shown(row?.['json']));
          }
          answers.push(given);
        }
        const [first, ...others] = answers;
        for (const [i, other] of others.entries()) assert.deepEqual(other, first, ways()[i + 1]?.[0]);
        for (const answer of first ?? []) JSON.parse(`[${answer.replace(/^\d+ \w+\n/, '')}]`);
      }),
      { numRuns },
    );
  });

test('values are written as this program prints them', async () => {
  const dataClass = classNamed('Thing');
  await fc.assert(
    fc.asyncProperty(rowsOf(dataClass), async (rows) => {
      await fill(postgres, dataClass, rows);
      const columns = columnsOf(dataClass, false);
      const fields = lookerFields(columns);
      for (const row of rows) {
        const key = [row.get('word') as Value];
        const answer = await postgres.row(
          membersStatement(dataClass, { kind: 'looker', fields, columns }, key, postgres.dialect),
        );
        const expected = fields.map(({ attribute }) => printDigits(attribute, row.get(attribute.column) as Value));
        assert.equal(shown(answer?.['entities']), `{"values":[${expected.join(',')}]}`);
      }
    }),
    { numRuns },
  );
});

test('a page without entities still tells the counter', async () => {
  const dataClass = classNamed('Thing');
  await fill(postgres, dataClass, []);
  const rows: Rows = { kind: 'entities', columns: columnsOf(dataClass, false) };
  const statement = pageStatement({ dataClass, predicate: all, order: [] }, rows, 0, 100, postgres.dialect);
  assert.deepEqual(await postgres.row(statement), { sent: 0, entities: null, global_stamp: 1 });
});
