// The grammar of spec 04 § 1, the spellings of § 2, the errors of § 10.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeystampError } from '../../../src/errors.ts';
import { printFilter } from '../../../src/query/filter-expr.ts';
import { operators } from '../../../src/query/operators.ts';
import { readFilter } from '../../../src/query/known-filters.ts';
import { parseFilter } from '../../../src/query/parse.ts';
import { limits } from './sample-model.ts';

const printed = (text: string): string => {
  const { expr } = parseFilter(text, limits);
  return expr ? printFilter(expr) : '';
};

/** Filter → how it is read, with every parenthesis. */
const readings: readonly (readonly [string, string])[] = [
  ['', ''],
  ['  ', ''],
  ['a = 1', '(a == 1)'],
  ['a=1 OR b=2 AND c=3', '(((a == 1) OR (b == 2)) AND (c == 3))'],
  ['a=1 AND b=2 OR c=3', '(((a == 1) AND (b == 2)) OR (c == 3))'],
  ['a=1 or (b=2 and c=3)', '((a == 1) OR ((b == 2) AND (c == 3)))'],
  ['a=1 except b=2 and c=3', '(((a == 1) EXCEPT (b == 2)) AND (c == 3))'],
  ['a=1&b=2&&c=3', '((a == 1) AND (b == 2) AND (c == 3))'],
  ['a=1|b=2||c=3', '((a == 1) OR (b == 2) OR (c == 3))'],
  ['a=1^b=2', '((a == 1) EXCEPT (b == 2))'],
  ['EXCEPT a=1', 'NOT (a == 1)'],
  ['(a=1)and(b=2)', '((a == 1) AND (b == 2))'],
  ['NOT a = 1 AND b = 2', '(NOT (a == 1) AND (b == 2))'],
  ['not(a = 1 or b = 2)', 'NOT ((a == 1) OR (b == 2))'],
  ['!(a=1)', 'NOT (a == 1)'],
  ['!active', 'NOT (active)'],
  ['! ! active', 'NOT (NOT (active))'],
  ['a!=1', '(a != 1)'],
  ['active and salary > 3', '((active) AND (salary > 3))'],
  ['lastName = Smith and salary > 3', '((lastName == Smith) AND (salary > 3))'],
  ["lastName='Smith'", "(lastName == 'Smith')"],
  ['lastName="Smith"', "(lastName == 'Smith')"],
  ['firstName=="a*"', "(firstName == 'a*')"],
  ['ID ==3005', '(ID == 3005)'],
  ["lastName=O'Reilly", "(lastName == O'Reilly)"],
  ["lastName=O'Reilly or a=1", "((lastName == O'Reilly) OR (a == 1))"],
  ["lastName = 'O'Connor'", "(lastName == 'O\\'Connor')"],
  ["lastName = 'O'Connor' and a=1", "((lastName == 'O\\'Connor') AND (a == 1))"],
  ['city = New York', '(city == New York)'],
  ['city = New York and a=1', '((city == New York) AND (a == 1))'],
  ['city = Rotterdam', '(city == Rotterdam)'],
  ['(city = Orlando)', '(city == Orlando)'],
  ["a = '\\u0041\\u0027'", "(a == 'A\\'')"],
  ["a = 'x\\n\\\\u0041'", "(a == 'x\\\\n\\\\u0041')"],
  [`a = "say \\"x\\""`, `(a == 'say "x"')`],
  ["a = 'and b = 2'", "(a == 'and b = 2')"],
  ['a in [1, 2,3]', '(a IN [1, 2, 3])'],
  [`a IN ["x", 'y']`, "(a IN ['x', 'y'])"],
  ['a in []', '(a IN [])'],
  ['a in[:1,:b.c]', '(a IN [:1, :b.c])'],
  ['a = :1 and b = :name', '((a == :1) AND (b == :name))'],
  [':1 = :2', '(:1 == :2)'],
  ['a = :$currentUser', '(a == :$currentUser)'],
  ['employer.name = x', '(employer.name == x)'],
  ['staff{2}.tags[].x = 1', '(staff{2}.tags[].x == 1)'],
  ['spec.items[A].kind=box', '(spec.items[a].kind == box)'],
  ['a = 1 order by b desc', '(a == 1)'],
  ['born = 2!5!2024', '(born == 2!5!2024)'],
  ['born = !!2024-05-02!!', '(born == !!2024-05-02!!)'],
];

test('filters are read left to right', () => {
  for (const [text, expected] of readings) assert.equal(printed(text), expected, text);
});

test('what is printed reads the same', () => {
  for (const [text] of readings) {
    const { expr } = parseFilter(text, limits);
    if (expr) assert.deepEqual(parseFilter(printFilter(expr), limits).expr, expr, text);
  }
});

test('every comparator in every spelling and case', () => {
  for (const [comparator, row] of Object.entries(operators)) {
    for (const spelling of row.spellings) {
      for (const text of [`a ${spelling} 'x'`, `a ${spelling.toLowerCase()} 'x'`]) {
        const { expr } = parseFilter(text, limits);
        assert.ok(expr?.kind === 'compare', text);
        assert.equal(expr.comparator, comparator, text);
      }
    }
  }
  const { expr } = parseFilter('name NOT   LIKE x', limits);
  assert.equal(expr?.kind === 'compare' ? expr.comparator : '', 'unlike');
});

test('order by at the end or alone', () => {
  assert.deepEqual(parseFilter('order by a desc, b', limits), { order: 'a desc, b', mixed: false, terms: 0 });
  assert.equal(parseFilter('a = 1 ORDER  BY b', limits).order, 'b');
  assert.equal(parseFilter("a = 'x' order by b", limits).order, 'b');
  assert.equal(printed('order = 1'), '(order == 1)');
});

test('chains that mix conjunctions are noticed', () => {
  assert.equal(parseFilter('a=1 or b=2 and c=3', limits).mixed, true);
  assert.equal(parseFilter('a=1 except b=2 and c=3', limits).mixed, true);
  assert.equal(parseFilter('(a=1 or b=2) and c=3', limits).mixed, false);
  assert.equal(parseFilter('a=1 and b=2 and c=3', limits).mixed, false);
});

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'nothing thrown';
  } catch (error) {
    if (!(error instanceof KeystampError)) throw error;
    const [entry] = error.entries;
    return `${error.status} ${entry && 'code' in entry ? entry.code : 'http'}`;
  }
};

const faults: readonly (readonly [string, string])[] = [
  ['a ~ 1', '400 1112'],
  ['a foo 1', '400 1112'],
  ['salary', 'nothing thrown'],
  ['a = 1 b = 2', '400 1112'],
  ["a = 'x' xor b = 2", '400 1112'],
  ['a = x xor b = 2', '400 1112'],
  ["a = 'x' 'y'", '400 1112'],
  ['a <> 1', '400 1112'],
  ['(a = 1', '400 1275'],
  ['a = 1)', '400 1275'],
  ['((a = 1)', '400 1275'],
  [')', '400 1275'],
  ['()', '400 1275'],
  ["(a = 'x' foo)", '400 1112'],
  ['a =', '400 1162'],
  ['a = 1 and', '400 1162'],
  ['and a = 1', '400 1162'],
  ['or', '400 1162'],
  ['= 1', '400 1162'],
  ["a = 'x", '400 1162'],
  ['a in [1', '400 1162'],
  ['a in [1,,2]', '400 1162'],
  ['a in [[1]]', '400 1162'],
  ['a.b. = 1', '400 1162'],
  ['a[0] = 1', '400 1162'],
  ['a{0} = 1', '400 1162'],
  ['a{x} = 1', '400 1162'],
  ['a = "\\u0000"', '400 1162'],
  ['order by', '400 1162'],
  ['eval(1)', '400 1278'],
  ['a = 1 and eval (this)', '400 1278'],
  ['$(a)', '400 1278'],
  ['a = eval(x)', '400 1278'],
  ['a = 1 and '.repeat(500) + 'a = 1', '400 1162'],
  ['('.repeat(33) + 'a = 1' + ')'.repeat(33), '400 1162'],
  ['!'.repeat(40) + 'a', '400 1162'],
  [`a = ${'x'.repeat(9000)}`, '400 1162'],
  [`a in [${'1,'.repeat(500)}1]`, '400 1162'],
  [`${'a.'.repeat(40)}a = 1`, '400 1162'],
];

test('faults and their codes', () => {
  for (const [text, code] of faults)
    assert.equal(
      codeOf(() => parseFilter(text, limits)),
      code,
      text.slice(0, 60),
    );
});

test('as much as the limits allow', () => {
  assert.doesNotThrow(() => parseFilter('a=1 and b=2 or '.repeat(249) + 'a=1', limits));
  assert.doesNotThrow(() => parseFilter('('.repeat(31) + 'a = 1' + ')'.repeat(31), limits));
});

test('no text makes the parser throw anything else, and what it reads is stable', () => {
  const words = [
    'a',
    'b.c',
    ' ',
    ' and ',
    ' or ',
    ' except ',
    'not ',
    '!',
    '(',
    ')',
    '[',
    ']',
    '{2}',
    '=',
    '==',
    '===',
    '!=',
    '#',
    '%',
    '<',
    '>',
    '*',
    '@',
    "'",
    '"',
    '\\',
    '\\u0041',
    ':1',
    ':x.y',
    ',',
    'null',
    '1',
    '2024-01-01',
    ' in ',
    ' is not ',
    ' like ',
    ' begin ',
    ' not ',
    ' order by ',
    '&',
    '|',
    '^',
    "O'R",
    'é',
    '\0',
    '.',
    'eval(',
    '$(',
    '\t',
    '-',
  ];
  const text = fc.oneof(
    fc.array(fc.constantFrom(...words), { maxLength: 14 }).map((parts) => parts.join('')),
    fc
      .tuple(
        fc.constantFrom('a = ', 'a == ', 'a IS ', 'a in [', "a = '"),
        fc.array(fc.constantFrom(...words), { maxLength: 8 }),
      )
      .map(([head, parts]) => head + parts.join('')),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(text, (filter) => {
      let expr;
      try {
        ({ expr } = parseFilter(filter, limits));
      } catch (error) {
        assert.ok(error instanceof KeystampError && error.status === 400, String(error));
        return;
      }
      if (expr) assert.deepEqual(parseFilter(printFilter(expr), limits).expr, expr, printFilter(expr));
    }),
    { numRuns: Number(process.env['KEYSTAMP_FUZZ_RUNS'] ?? 3000) },
  );
});

test('a filter is read once, and again for other limits', () => {
  const read: string[] = [];
  const ask = (text: string, own: typeof limits) => readFilter(text, own, () => read.push(text));
  assert.equal(ask('a=1 and b=2', limits), ask('a=1 and b=2', limits));
  assert.deepEqual(read, ['a=1 and b=2']);
  assert.equal(
    codeOf(() => ask('a=1 and b=2', { ...limits, maxFilterTerms: 1 })),
    '400 1162',
  );
});
