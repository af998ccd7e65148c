// The functions of the PostgreSQL engine give what the functions of this program give.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { parseInstant } from '../../../src/model/dates.ts';
import { keyPart, keyPartInUri } from '../../../src/query/print-key.ts';
import { functionStatements } from '../../../src/store/postgres/functions.ts';
import { fold, foldTable } from '../../../src/store/sql/fold.ts';
import { hasWords, wordQuery } from '../../../src/store/sql/words.ts';
import { dropDatabase, newDatabase, openClient } from '../../postgres.ts';

const numRuns = Number(process.env['KEYSTAMP_FUZZ_RUNS'] ?? 1000);

let database: string;
let client: Awaited<ReturnType<typeof openClient>>;

before(async () => {
  database = await newDatabase();
  client = await openClient(database);
  for (const { text } of functionStatements(true)) await client.query(text);
});
after(async () => {
  await client.end();
  await dropDatabase(database);
});

/** What a function of the database gives for each of these, in their order. */
async function each(call: string, type: string, given: readonly unknown[]): Promise<unknown[]> {
  const { rows } = await client.query<{ made: unknown }>(
    `SELECT ${call} AS made FROM unnest($1::${type}[]) WITH ORDINALITY AS g(x, place) ORDER BY place`,
    [given],
  );
  return rows.map(({ made }) => made);
}

/** Compares lists that were made at random. */
const compare = <T>(
  values: fc.Arbitrary<T>,
  call: string,
  type: string,
  expected: (value: T) => unknown,
  check: (made: unknown) => unknown = (made) => made,
): Promise<void> =>
  fc.assert(
    fc.asyncProperty(fc.array(values, { minLength: 50, maxLength: 100 }), async (list) => {
      assert.deepEqual((await each(call, type, list)).map(check), list.map(expected));
    }),
    { numRuns: numRuns / 50 },
  );

const text = fc
  .string({ unit: 'grapheme-composite', maxLength: 20 })
  .map((made) => made.toWellFormed().replaceAll('\0', ''));
const anyText = fc.string({ unit: 'binary', maxLength: 20 }).map((made) => made.toWellFormed().replaceAll('\0', ''));

test('every character folds to the same', async () => {
  const characters: string[] = [];
  for (let point = 1; point <= 0x2ffff; point++)
    if (point < 0xd800 || point > 0xdfff) characters.push(String.fromCodePoint(point));
  const folded = await each('keystamp_fold(x)', 'text', characters);
  const wrong = characters.filter((character, i) => folded[i] !== fold(character));
  assert.deepEqual(wrong, []);
  assert.ok(foldTable().size > 10_000);
});

test('texts fold to the same', async () => {
  for (const texts of [text, anyText, fc.constantFrom('Éa', 'e\u0301', 'Straße', '한글', 'ﬁn', '', 'İI', 'ΟΔΟΣ')])
    await compare(texts, 'keystamp_fold(x)', 'text', fold);
});

test('a database without normalize() folds to the same', async () => {
  await client.query('BEGIN');
  for (const { text: made } of functionStatements(false)) await client.query(made);
  await compare(anyText, 'keystamp_fold(x)', 'text', fold);
  await client.query('ROLLBACK');
});

test('numbers are printed as JavaScript does', async () => {
  const numbers = fc.double({ noNaN: true, noDefaultInfinity: true });
  const decimals = fc.tuple(fc.integer(), fc.integer({ min: -12, max: 25 })).map(([n, e]) => Number(`${n}e${e}`));
  for (const some of [
    numbers,
    decimals,
    fc.constantFrom(
      0.1 + 0.2,
      1e21,
      1e-7,
      1e-6,
      5e-324,
      1 / 3,
      2 ** 53,
      1e20,
      1e23,
      -1e22,
      1.7976931348623157e308,
      9482074510000000000,
    ),
  ])
    await compare(some, 'keystamp_number(x)', 'float8', (number) => JSON.stringify(number + 0));
});

test('instants are printed and read as this program does', async () => {
  const instants = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });
  await compare(instants, 'keystamp_instant(x)', 'bigint', (ms) => new Date(ms).toISOString());
  const number = (digits: number): fc.Arbitrary<string> =>
    fc.integer({ min: 0, max: 10 ** digits - 1 }).map((n) => String(n).padStart(digits, '0'));
  const day = fc.tuple(number(4), fc.oneof(fc.constantFrom('01', '02', '12'), number(2)), fc.oneof(fc.constantFrom('28', '29', '30', '31'), number(2))).map((parts) => parts.join('-')); // oxfmt-ignore
  const time = fc.tuple(fc.oneof(fc.constantFrom('00', '23', '24'), number(2)), fc.constantFrom('00', '59', '60')).map((parts) => parts.join(':')); // oxfmt-ignore
  const seconds = fc.constantFrom('', ':00', ':59', ':60', ':00.5', ':07.123456789', ':00.000', ':00.0001', ':01.');
  const zone = fc.constantFrom('', 'Z', 'z', '+01:00', '-0330', '+23:59', '+24:00', '+12:60', '+1');
  const texts = fc.oneof(
    fc.tuple(day, fc.constant('T'), time, seconds, zone).map((parts) => parts.join('')),
    fc.tuple(fc.constantFrom('', '!', '!!', '!!!'), day, fc.constantFrom('', '!', '!!')).map((parts) => parts.join('')),
    fc.tuple(fc.nat(40), fc.nat(14), number(4)).map((parts) => parts.join('!')),
    fc.constantFrom('0000-01-01', '9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59Z', '2024-05-02T', 'T', '', '1!1!0'),
  );
  const read = (made: unknown): unknown => (made === null ? undefined : Number(made));
  await compare(texts, 'keystamp_instant_of(x)', 'text', parseInstant, read);
});

test('keys are quoted and encoded as in URIs of this program', async () => {
  const parts = fc.oneof(
    anyText,
    text,
    fc.string({ unit: fc.constantFrom('a', '"', '\\', '&', ' ', "'", '%', 'é', '\u00a0', '(', '~', '\n') }),
  );
  await compare(parts, 'keystamp_key_part(x)', 'text', keyPart);
  await compare(parts, 'keystamp_key_in_uri(x)', 'text', keyPartInUri);
});

test('words are found as by this program', async () => {
  const word = fc.constantFrom(
    'new',
    'Yörk',
    "o'hara",
    'naïve',
    '東京',
    '한글',
    'x',
    '٣',
    '—',
    ' ',
    '.',
    'Straße',
    'e\u0301',
  );
  const texts = fc.array(word, { maxLength: 6 }).map((words) => words.join(''));
  const asked = fc.tuple(fc.array(word, { minLength: 1, maxLength: 2 }), fc.boolean());
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(texts, anyText), { minLength: 20, maxLength: 40 }),
      asked,
      async (list, [words, prefix]) => {
        const query = wordQuery(words.join(' '), prefix);
        if (query === '') return;
        const whole = query.split(' ');
        const begin = query.endsWith('@') ? (whole.pop() as string).slice(0, -1) : null;
        const { rows } = await client.query<{ made: boolean }>(
          'SELECT keystamp_has_words(x, $2, $3) AS made FROM unnest($1::text[]) WITH ORDINALITY AS g(x, place) ORDER BY place',
          [list, whole, begin],
        );
        assert.deepEqual(
          rows.map(({ made }) => made),
          list.map((one) => hasWords(one, query)),
          query,
        );
      },
    ),
    { numRuns: numRuns / 20 },
  );
});
