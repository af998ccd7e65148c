// Entity sets so large that nothing of them runs in the server's own process, against the same worked out by hand:
// filters, orders and computations within a set, sets combined, deleted members, pages anywhere.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { readConfig } from '../../../src/config.ts';
import { openKeystamp, type Keystamp } from '../../../src/keystamp.ts';
import { buildModel } from '../../../src/model/load.ts';
import { dataStoreOf, defineModel, implement } from 'keystamp';
import { entitySetPartTable, entitySetTable } from '../../../src/store/sql/columns.ts';
import { raw, sql } from '../../../src/store/sql/sql.ts';

const count = 120_000;
const data = mkdtempSync(join(tmpdir(), 'keystamp-large-'));
const definition = defineModel({
  dataClasses: {
    Item: {
      attributes: {
        ID: { type: 'long', primKey: true },
        rank: { type: 'long', indexed: true },
        group: { type: 'long' },
        name: { type: 'string' },
      },
    },
    Code: { attributes: { code: { type: 'string', primKey: true }, rank: { type: 'long' } } },
  },
});
const ds = dataStoreOf(definition);
/** What the functions of the test give. */
const made = {
  ranked: () => ds.Item.query('group != 3 order by rank desc'),
  part: () => ds.Item.query('order by rank').slice(10_000, 110_000),
  async known() {
    const all = ds.Item.query('order by rank');
    await all.length();
    return all;
  },
};
const fn = <F>(run: F) => ({ exposed: true, onHttpGet: true, run });
const model = buildModel(
  implement(definition, {
    functions: { ranked: fn(made.ranked), part: fn(made.part), known: fn(made.known) },
  }),
);

interface Item {
  readonly ID: number;
  readonly rank: number;
  readonly group: number;
}

// Ranks are another order of the same numbers, groups are few.
const items: readonly Item[] = Array.from({ length: count }, (_, i) => {
  const ID = i + 1;
  return { ID, rank: (ID * 7919) % count, group: ID % 10 };
});

let keystamp: Keystamp;
let cookie = '';

before(async () => {
  keystamp = await openKeystamp(model, readConfig({ data }), (event) => {
    if (event.kind === 'failed') console.error(event.cause);
  });
  const { engine } = keystamp.services;
  const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;
  await engine.write(async (tx) => {
    await tx.run(
      raw(
        `${numbers} INSERT INTO "Item" ("ID", "rank", "group", "name") SELECT i, i * 7919 % ${count}, i % 10, 'N' || (i % 100) FROM n`,
      ),
    );
    await tx.run(raw(`${numbers} INSERT INTO "Code" ("code", "rank") SELECT 'é' || i, i * 7919 % ${count} FROM n`));
  });
  engine.refresh();
});
after(async () => {
  await keystamp.close();
  rmSync(data, { recursive: true });
});

async function send(path: string, to = keystamp, method = 'GET'): Promise<{ status: number; body: string }> {
  const reply = await to.handle({
    method,
    url: `/rest/${path}`,
    headers: { ...(cookie && { cookie }) },
    body: Readable.from([]),
    remoteAddress: '127.0.0.1',
    secure: false,
  });
  cookie = String(reply.headers['Set-Cookie'] ?? cookie).split(';')[0] ?? '';
  return { status: reply.status, body: String(reply.body) };
}

async function ask(path: string, method = 'GET'): Promise<unknown> {
  const { status, body } = await send(path, keystamp, method);
  assert.equal(status, 200, `${path}: ${body}`);
  return JSON.parse(body);
}

interface Answer {
  readonly __COUNT: number;
  readonly __ENTITYSET?: string;
  readonly __ENTITIES: readonly { readonly __KEY?: string; readonly __STAMP: number }[];
}

/** Total and keys of an answer; a deleted member has no key. */
async function read(path: string): Promise<{ total: number; keys: readonly (string | undefined)[]; set: string }> {
  const answer = (await ask(path)) as Answer;
  return {
    total: answer.__COUNT,
    keys: answer.__ENTITIES.map((entity) => entity.__KEY),
    set: answer.__ENTITYSET?.replace('/rest/', '') ?? '',
  };
}

const keep = '$method=entityset&$top=0';
const ids = (found: readonly Item[]): readonly string[] => found.map(({ ID }) => String(ID));
const at = encodeURIComponent;
const byRank = (a: Item, b: Item): number => a.rank - b.rank;

/** The pages of an answer at its begin, in the middle and at its end are those of the expected entities. */
async function assertPages(path: string, expected: readonly Item[]): Promise<void> {
  const length = expected.length;
  for (const skip of [0, Math.floor(length / 2), Math.max(0, length - 5)]) {
    const page = await read(`${path}${path.includes('?') ? '&' : '?'}$skip=${skip}&$top=5&$attributes=ID`);
    assert.equal(page.total, length, path);
    assert.deepEqual(page.keys, ids(expected.slice(skip, skip + 5)), `${path} from ${skip}`);
  }
}

test('a set of all in another order, and pages of it', async () => {
  const { set, total } = await read(`Item?$orderby="rank desc"&${keep}`);
  assert.equal(total, count);
  await assertPages(
    set,
    items.toSorted((a, b) => byRank(b, a)),
  );
});

test('a set is made where its keys are found; they are brought to the server with the first use of it', async () => {
  const { sets } = keystamp.services;
  const before = sets.memoryBytes;
  const first = await read(`Item?$orderby="rank desc"&$method=entityset&$skip=70000&$top=5&$attributes=ID`);
  const members = items.toSorted((a, b) => byRank(b, a));
  assert.equal(first.total, count);
  assert.deepEqual(first.keys, ids(members.slice(70_000, 70_005)));
  assert.ok(sets.memoryBytes - before < 1000, `${sets.memoryBytes - before}`);
  await assertPages(first.set, members);
  assert.ok(sets.memoryBytes - before >= 4 * count, `${sets.memoryBytes - before}`);
});

test('so is a set of a selection that a function gives and has not looked at', async () => {
  const { sets } = keystamp.services;
  const whole = items.toSorted(byRank);
  const cases = {
    ranked: items.filter(({ group }) => group !== 3).toSorted((a, b) => byRank(b, a)),
    part: whole.slice(10_000, 110_000),
    known: whole,
  };
  for (const [name, members] of Object.entries(cases)) {
    const before = sets.memoryBytes;
    const first = await read(`$catalog/${name}?$method=entityset&$skip=70000&$top=5&$attributes=ID`);
    assert.equal(first.total, members.length);
    assert.deepEqual(first.keys, ids(members.slice(70_000, 70_005)));
    const here = sets.memoryBytes - before;
    assert.ok(name === 'known' ? here >= 4 * count : here < 1000, `${name}: ${here}`);
    await assertPages(first.set, members);
  }
});

test('a filter within a set keeps its order, an order makes its own; kept or not', async () => {
  const { set } = await read(`Item?$filter="group != 3"&$orderby=rank&${keep}`);
  const members = items.filter(({ group }) => group !== 3).toSorted(byRank);
  await assertPages(set, members);
  await assertPages(`${set}?$filter=${at('"ID > 1000 and group != 4"')}`, members.filter(({ ID, group }) => ID > 1000 && group !== 4)); // oxfmt-ignore
  await assertPages(
    `${set}?$orderby=ID`,
    members.toSorted((a, b) => a.ID - b.ID),
  );
  await assertPages(`${set}?$filter="group = 5"&$orderby="rank desc"`, members.filter(({ group }) => group === 5).toReversed()); // oxfmt-ignore
  const narrowed = await read(`${set}?$filter="group = 5"&${keep}`);
  assert.notEqual(narrowed.set, set);
  await assertPages(
    narrowed.set,
    members.filter(({ group }) => group === 5),
  );
});

test('two sets combined, and a filter with a set', async () => {
  const low = await read(`Item?$filter=${at('"rank < 80000"')}&$orderby=rank&${keep}`);
  const odd = await read(`Item?$filter=${at('"group != 0 and group != 1"')}&$orderby="rank desc"&${keep}`);
  const isLow = ({ rank }: Item): boolean => rank < 80_000;
  const isOdd = ({ group }: Item): boolean => group > 1;
  const other = odd.set.replace(/.*\//, '');
  const by = (operator: string): string => `$logicOperator=${operator}&$otherCollection=${other}`;
  await assertPages(
    `${low.set}?${by('AND')}`,
    items.filter((one) => isLow(one) && isOdd(one)),
  );
  await assertPages(
    `${low.set}?${by('OR')}`,
    items.filter((one) => isLow(one) || isOdd(one)),
  );
  await assertPages(
    `${low.set}?${by('EXCEPT')}`,
    items.filter((one) => isLow(one) && !isOdd(one)),
  );
  await assertPages(
    `${low.set}?${by('AND')}&$orderby="rank desc"`,
    items.filter((one) => isLow(one) && isOdd(one)).toSorted((a, b) => byRank(b, a)),
  );
  await assertPages(
    `${low.set}?$filter="group < 5"&${by('AND')}`,
    items.filter((one) => isLow(one) && one.group < 5 && isOdd(one)),
  );
  await assertPages(
    `Item?$filter="group = 1"&${by('OR')}`,
    items.filter((one) => one.group === 1 || isOdd(one)),
  );
  const kept = await read(`${low.set}?${by('EXCEPT')}&${keep}`);
  await assertPages(
    kept.set,
    items.filter((one) => isLow(one) && !isOdd(one)),
  );
  assert.equal(await ask(`${low.set}?${by('INTERSECT')}`), true);
  assert.equal(await ask(`Item?$filter="group = 0"&${by('INTERSECT')}`), false);
});

test('computations and distinct values over a set', async () => {
  const { set } = await read(`Item?$filter="group > 2"&$orderby=rank&${keep}`);
  const members = items.filter(({ group }) => group > 2);
  assert.equal(
    await ask(`${set}/ID?$compute=sum`),
    members.reduce((sum, { ID }) => sum + ID, 0),
  );
  assert.equal(await ask(`${set}?$compute=count`), members.length);
  assert.deepEqual(await ask(`${set}/group?$distinct=true`), [3, 4, 5, 6, 7, 8, 9]);
});

test('keys that are texts', async () => {
  const { set } = await read(`Code?$filter="rank > 40000"&$orderby="rank desc"&${keep}`);
  const members = items.filter(({ rank }) => rank > 40_000).toSorted((a, b) => byRank(b, a));
  const page = await read(`${set}?$skip=60000&$top=3`);
  assert.equal(page.total, members.length);
  assert.deepEqual(page.keys, members.slice(60_000, 60_003).map(({ ID }) => `é${ID}`)); // oxfmt-ignore
  const narrowed = await read(`${set}?$filter="rank < 110000"&$top=3`);
  const expected = members.filter(({ rank }) => rank < 110_000);
  assert.equal(narrowed.total, expected.length);
  assert.deepEqual(narrowed.keys, expected.slice(0, 3).map(({ ID }) => `é${ID}`)); // oxfmt-ignore
});

test('deleted members keep their place, are skipped by filters and combinations, and go with $clean', async () => {
  const { set } = await read(`Item?$filter="group < 9"&$orderby=rank&${keep}`);
  const members = items.filter(({ group }) => group < 9).toSorted(byRank);
  const gone = new Set([members[0], members[50_000], members.at(-1)]);
  for (const one of gone) await ask(`Item(${one?.ID})?$method=delete`, 'POST');
  const page = await read(`${set}?$skip=49999&$top=3`);
  assert.equal(page.total, members.length);
  assert.deepEqual(page.keys, [String(members[49_999]?.ID), undefined, String(members[50_001]?.ID)]);
  const left = members.filter((one) => !gone.has(one));
  await assertPages(`${set}?$filter="ID > 0"`, left);
  await assertPages(`${set}?$clean=true`, left);
  const clean = await read(`${set}?$clean=true&${keep}`);
  await assertPages(clean.set, left);
  const other = set.replace(/.*\//, '');
  await assertPages(`${set}?$logicOperator=OR&$otherCollection=${other}`, left.toSorted((a, b) => a.ID - b.ID)); // oxfmt-ignore
});

test('a set that is gone when its keys are needed is not there', async () => {
  const { engine } = keystamp.services;
  const { set } = await read(`Item?$orderby=rank&${keep}`);
  await engine.write((tx) => tx.run(sql`DELETE FROM ${entitySetPartTable} WHERE part = 1`));
  const { status, body } = await send(set);
  assert.equal(status, 404);
  assert.match(body, /1802/);
});

test('a set that would take too much is refused before it is stored, and takes no space', async () => {
  const settings = { data, maxEntitySetBytes: 450_000, maxEntitySetDiskBytes: 900_000 };
  const { services } = keystamp;
  await services.engine.write((tx) => tx.run(sql`UPDATE ${entitySetTable} SET complete = 0, expires = 0`));
  await services.sets.sweep();
  const small = await openKeystamp(model, { ...readConfig({ data }), ...settings }, () => {});
  const make = (filter: string) => send(`Item?$filter=${at(filter)}&${keep}`, small);
  const refused = await make('"ID > 0"');
  assert.equal(refused.status, 429, refused.body);
  assert.match(refused.body, /entities in one set/);
  for (let i = 0; i < 2; i++) assert.equal((await make('"ID <= 100000"')).status, 200);
  const full = await make('"ID <= 100000"');
  assert.equal(full.status, 429, full.body);
  assert.match(full.body, /too much space/);
  const rows = await services.engine.row(sql`SELECT count(*) AS n FROM ${entitySetTable}`);
  assert.equal(rows?.['n'], 2);
  await small.close();
});
