// Filters made at random, over data made at random once: every comparator, every type, every way through relations.
import fc from 'fast-check';
import type { FilterExpr, FilterScalar, FilterValue, PathStep } from '../../../src/query/filter-expr.ts';
import type { Comparator } from '../../../src/query/operators.ts';
import type { SampleRow } from './sample-model.ts';

const texts = [
  'Zoe',
  'zoé',
  'ZOË',
  'Straße',
  'STRASSE',
  'Łódź',
  'lodz',
  'ﬁn',
  'Finn',
  'fin_n',
  'a%b',
  'ab',
  'a\\b',
  "O'Hara",
  '',
  'new york',
  'York-New',
  'ñ',
  'n',
  '😀x',
  '\uFFFDx',
];
const days = ['1999-12-31', '2000-01-01', '2024-05-02'];
const moments = ['2024-05-02T00:00:00Z', '2024-05-02T08:00:00.250Z', '1969-07-20T20:17:00Z'];
const tokens = ['0AF1'.repeat(8), 'BEEF'.repeat(8)];
const patterns = ['zo@', '@e', '*ss*', '@_@', 'a%@', 'a\\@', 'f@n@', '@', 'ł@', 'new@', 'z@é', "o'@"];

// Rows are made from a seed of their own, so that a failing filter can be tried again.
const pick = (() => {
  let state = 7;
  return <T>(list: readonly T[]): T => {
    state = (state * 48271) % 2147483647;
    return list[state % list.length] as T;
  };
})();
const jsonValues = [null, 'red', 'Réd', 1, 2, 3.5, true, false, '1', [], ['a'], ['A', 'b'], ['b', null, 2], 'true'];
const spec = (): unknown =>
  pick([true, true, false])
    ? {
        color: pick(jsonValues),
        size: pick([null, 1, 2, 3]),
        tags: pick([undefined, [], ['a'], ['á', 'b'], ['c', 1], 'a']),
        items: pick([
          undefined,
          [],
          [
            { kind: 'box', price: 1 },
            { kind: 'jar', price: 9, tags: ['a'] },
          ],
          [{ kind: 'box', price: 9, tags: [] }],
          [{ kind: 'Bóx' }, 3, { price: 2, tags: ['b', 'a'] }],
        ]),
      }
    : pick([null, {}, ['a', 'b'], { tags: { x: 1 } }]);

const companies: SampleRow[] = Array.from({ length: 12 }, (_, i) => ({
  ID: i + 1,
  name: pick([null, ...texts]),
  city: pick([null, ...texts]),
}));
export const employees: SampleRow[] = Array.from({ length: 40 }, (_, i) => ({
  ID: i + 1,
  firstName: pick([null, ...texts]),
  lastName: pick([null, ...texts]),
  salary: pick([null, 0, 1, 2.5, 100]),
  rank: pick([null, 1, 2, 3]),
  active: pick([null, true, false]),
  birthDate: pick([null, ...days]),
  hired: pick([null, ...moments.map((moment) => Date.parse(moment))]),
  token: pick([null, ...tokens]),
  spec: spec(),
  companyID: pick([null, 1, 2, 3, 4, 5, 6, 99]),
  managerID: pick([null, 1, 2, 3, 4, 5, 77]),
}));
export const data = { Company: companies, Employee: employees };

const quoted = (text: string): FilterScalar => ({ kind: 'quoted', text });
const bare = (text: string): FilterScalar => ({ kind: 'bare', text });
const isNull = bare('null');
const equality: readonly Comparator[] = ['like', 'equal', 'unlike', 'different'];
const ordering: readonly Comparator[] = ['less', 'lessOrEqual', 'greater', 'greaterOrEqual'];

type Asked = readonly [Comparator, FilterValue];
const from = <T>(list: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...list);
const nullTest = fc.tuple(from(equality), fc.constant(isNull as FilterValue));
const listOf = (item: fc.Arbitrary<FilterScalar>): fc.Arbitrary<Asked> =>
  fc.tuple(
    fc.constant('in' as const),
    fc
      .array(fc.oneof(item, item, fc.constant(isNull)), { maxLength: 7 })
      .map((items): FilterValue => ({ kind: 'list', items })),
  );
const text = from(texts).map(quoted);
const pattern = from(patterns).map(quoted);
const askText: fc.Arbitrary<Asked> = fc.oneof(
  fc.tuple(from([...equality, ...ordering]), fc.oneof(text, pattern)),
  fc.tuple(from(['begin', 'word'] as const), fc.oneof(text, pattern)),
  listOf(fc.oneof(text, pattern)),
  nullTest,
);
const askOf = (values: readonly string[], comparators: readonly Comparator[]): fc.Arbitrary<Asked> => {
  const value = from(values).map(bare);
  return fc.oneof(fc.tuple(from(comparators), value), listOf(value), nullTest);
};
const askNumber = askOf(
  ['0', '1', '2', '2.5', '-3', '1e2', '@'].filter((each) => each !== '@'),
  [...equality, ...ordering],
);
const askJson: fc.Arbitrary<Asked> = fc.oneof(
  askOf(['1', '2', 'true', 'false', '3.5', 'red'], equality),
  fc.tuple(from(ordering), from([bare('2'), quoted('b'), bare('r')])),
  fc.tuple(
    from([...equality, 'begin', 'word'] as const),
    from([
      quoted('red'),
      quoted('a'),
      quoted('1'),
      quoted('@'),
      quoted('r@'),
      quoted('@d'),
      quoted('true'),
      quoted('box'),
    ]),
  ),
);

const path = (...steps: (string | PathStep)[]): PathStep[] =>
  steps.map((step) => (typeof step === 'string' ? { name: step } : step));
const leaf = (steps: readonly PathStep[], [comparator, right]: Asked): FilterExpr => ({
  kind: 'compare',
  left: { kind: 'path', steps },
  comparator,
  right,
});
const step = (name: string): fc.Arbitrary<PathStep> =>
  from([{ name }, { name }, { name, reference: 2 }, { name, reference: -1 }]);
const element = (name: string): fc.Arbitrary<PathStep> =>
  from([
    { name, element: '' },
    { name, element: 'a' },
    { name, element: 'a' },
    { name, element: 'b' },
  ]);

const employeeOwn: fc.Arbitrary<FilterExpr> = fc.oneof(
  fc.tuple(from(['firstName', 'lastName']), askText).map(([name, asked]) => leaf(path(name), asked)),
  fc.tuple(from(['salary', 'rank', 'ID']), askNumber).map(([name, asked]) => leaf(path(name), asked)),
  askOf(['true', 'false'], equality).map((asked) => leaf(path('active'), asked)),
  fc.constant<FilterExpr>({ kind: 'flag', left: { kind: 'path', steps: path('active') } }),
  askOf(days, [...equality, ...ordering]).map((asked) => leaf(path('birthDate'), asked)),
  askOf([...moments, ...days], [...equality, ...ordering]).map((asked) => leaf(path('hired'), asked)),
  askOf(['0af1-'.repeat(8), ...tokens], [...equality, ...ordering]).map((asked) => leaf(path('token'), asked)),
  fc.tuple(from(equality), fc.constant(isNull)).map((asked) => leaf(path('spec'), asked)),
  fc
    .tuple(from([['color'], ['size'], ['tags', 'length'], ['tags', 'x'], ['a.b']]), askJson)
    .filter(([names]) => names[0] !== 'a.b')
    .map(([names, asked]) => leaf(path('spec', ...names), asked)),
  fc.tuple(element('tags'), askJson).map(([tags, asked]) => leaf(path('spec', tags), asked)),
  fc.tuple(element('spec'), askJson).map(([whole, asked]) => leaf(path(whole), asked)),
  fc
    .tuple(element('items'), from(['kind', 'price']), askJson)
    .map(([items, name, asked]) => leaf(path('spec', items, name), asked)),
  fc
    .tuple(element('items'), element('tags'), askJson)
    .map(([items, tags, asked]) => leaf(path('spec', items, tags), asked)),
);
const companyOwn: fc.Arbitrary<FilterExpr> = fc.oneof(
  fc.tuple(from(['name', 'city']), askText).map(([name, asked]) => leaf(path(name), asked)),
  askNumber.map((asked) => leaf(path('ID'), asked)),
);
const through = (via: readonly fc.Arbitrary<PathStep>[], own: fc.Arbitrary<FilterExpr>): fc.Arbitrary<FilterExpr> =>
  fc.tuple(fc.tuple(...via), own).map(([steps, end]) => {
    if (end.kind !== 'compare' && end.kind !== 'flag') return end;
    return { ...end, left: { kind: 'path', steps: [...steps, ...(end.left.kind === 'path' ? end.left.steps : [])] } };
  });
const relationNull = (name: string): fc.Arbitrary<FilterExpr> =>
  from(['like', 'unlike'] as const).map((comparator) => leaf(path(name), [comparator, isNull]));
const employer = step('employer');
const staff = step('staff');
const manager = step('manager');
const reports = step('reports');
export const employeeLeaf = fc.oneof(
  { weight: 4, arbitrary: employeeOwn },
  through([employer], companyOwn),
  through([manager], employeeOwn),
  through([reports], employeeOwn),
  through([reports, manager], employeeOwn),
  through([employer, staff], employeeOwn),
  relationNull('employer'),
  relationNull('reports'),
  askOf(['1', '2', '3'], equality).map((asked) => leaf(path('employer'), asked)),
);
export const companyLeaf = fc.oneof(
  companyOwn,
  through([staff], employeeOwn),
  through([staff], employeeOwn),
  through([staff, reports], employeeOwn),
  through([staff, manager], employeeOwn),
  relationNull('staff'),
  through([staff], relationNull('manager')),
);

function combine(kind: 'and' | 'or', parts: readonly FilterExpr[]): FilterExpr {
  return { kind, parts: parts.flatMap((part) => (part.kind === kind ? part.parts : [part])) };
}

export const tree = (leaves: fc.Arbitrary<FilterExpr>): fc.Arbitrary<FilterExpr> =>
  fc.letrec<{ tree: FilterExpr }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', maxDepth: 4 },
      leaves,
      fc.array(tie('tree'), { minLength: 2, maxLength: 4 }).map((parts) => combine('and', parts)),
      fc.array(tie('tree'), { minLength: 2, maxLength: 3 }).map((parts) => combine('or', parts)),
      tie('tree').map((part): FilterExpr => ({ kind: 'not', part })),
      fc.tuple(tie('tree'), tie('tree')).map(([a, b]): FilterExpr => ({ kind: 'except', from: a, without: b })),
    ),
  })).tree;
