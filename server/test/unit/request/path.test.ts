import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseKeyText } from '../../../src/request/key-text.ts';
import { parseRequest } from '../../../src/request/parse.ts';
import { inModel } from '../../../src/request/path.ts';
import { dataOf, limits, refused, shapeOf, targetOf } from './ask.ts';

const keys = (brackets: boolean, ...list: (string | string[])[]): unknown => ({
  kind: 'keys',
  keys: list.map((key) => (typeof key === 'string' ? [key] : key)),
  brackets,
});
const employee = (key: unknown, ...attributes: string[]): unknown => ({
  dataClass: { name: 'Employee', ...(key ? { key } : {}) },
  attributes,
});
const byName = { kind: 'attribute', attribute: 'lastName', value: 'Joubert' };

/** Every data shape of spec 01 § 2.1, and the keys of § 2.2. */
const shapes: Record<string, unknown> = {
  '/Employee': employee(undefined),
  '/Employee/': employee(undefined),
  '//Employee//': employee(undefined),
  '/Employee()': employee(undefined),
  '/Employee(22)': employee(keys(false, '22')),
  '/Employee(22)/': employee(keys(false, '22')),
  '/Employee("IT09")': employee(keys(false, 'IT09')),
  '/Employee(%22IT09%22)': employee(keys(false, 'IT09')),
  '/Employee%2822%29': employee(keys(false, '22')),
  '/Employee[22]': employee(keys(true, '22')),
  "/Employee['22']": employee(keys(true, '22')),
  '/Employee[22,23]': employee(keys(true, '22', '23')),
  '/Employee(22,23,31)': employee(keys(false, '22', '23', '31')),
  '/Employee(22, 23)': employee(keys(false, '22', '23')),
  '/Employee("a", "b")': employee(keys(false, 'a', 'b')),
  '/Employee(-404)': employee(keys(false, '-404')),
  '/Employee(7&"a&b")': employee(keys(false, ['7', 'a&b'])),
  '/Employee(7&x,8&y)': employee(keys(false, ['7', 'x'], ['8', 'y'])),
  '/Employee(7&)': employee(keys(false, ['7', ''])),
  '/Employee("a/b")': employee(keys(false, 'a/b')),
  '/Employee(a/b)/photo': employee(keys(false, 'a/b'), 'photo'),
  '/Employee(a%2Fb)': employee(keys(false, 'a/b')),
  '/Employee("a)/b")/photo': employee(keys(false, 'a)/b'), 'photo'),
  '/Employee(%22a)/b%22)/photo': employee(keys(false, 'a)/b'), 'photo'),
  '/Employee("say ""hi""")': employee(keys(false, 'say "hi"')),
  '/Employee("say \\"hi\\"")': employee(keys(false, 'say "hi"')),
  "/Employee('it''s')": employee(keys(false, "it's")),
  "/Employee(O'Brien)": employee(keys(false, "O'Brien")),
  '/Employee("C:\\dir")': employee(keys(false, 'C:\\dir')),
  '/Employee("")': employee(keys(false, '')),
  '/Employee(%C3%A9t%C3%A9)': employee(keys(false, 'été')),
  '/Employee:lastName(Joubert)': employee(byName),
  '/Employee:lastName("Joubert")': employee(byName),
  '/Employee:lastName("a,b&c")': employee({ ...byName, value: 'a,b&c' }),
  '/Employee:lastName(Joubert)/salary': employee(byName, 'salary'),
  '/Employee/firstName,lastName': employee(undefined, 'firstName', 'lastName'),
  '/Employee/firstName, lastName': employee(undefined, 'firstName', 'lastName'),
  '/Employee/firstName/lastName': employee(undefined, 'firstName', 'lastName'),
  '/Employee(22)/firstName,employer.name/': employee(keys(false, '22'), 'firstName', 'employer.name'),
  '/Employee/employer.*': employee(undefined, 'employer.*'),
  '/Employee/$entityset/0F3C': { ...(employee(undefined) as object), set: { id: '0F3C' } },
  '/Employee/$ENTITYSET/0F3C/': { ...(employee(undefined) as object), set: { id: '0F3C' } },
  '/Employee/%24entityset/0F3C': { ...(employee(undefined) as object), set: { id: '0F3C' } },
  '/Employee/$entityset/$none': { ...(employee(undefined) as object), set: {} },
  '/Employee/$entityset/0F3C[22]': {
    ...(employee(undefined) as object),
    set: { id: '0F3C', member: ['22'], brackets: true },
  },
  '/Employee/$entityset/0F3C("a/b")': {
    ...(employee(undefined) as object),
    set: { id: '0F3C', member: ['a/b'], brackets: false },
  },
  '/Employee/$entityset/0F3C/firstName,salary': {
    ...(employee(undefined, 'firstName', 'salary') as object),
    set: { id: '0F3C' },
  },
  '/Employee/firstName,salary/$entityset/0F3C': {
    ...(employee(undefined, 'firstName', 'salary') as object),
    set: { id: '0F3C' },
  },
  '/Employee/raise/$entityset/': employee(undefined, 'raise'),
  '/Employee/(22)': employee(undefined, '(22)'),
  '/Employee/(22,23)': employee(undefined, '(22,23)'),
};

for (const [path, shape] of Object.entries(shapes)) {
  test(`path ${path}`, () => assert.deepEqual(shapeOf(path), shape));
}

test('services', () => {
  const all = { kind: 'catalog', classes: 'all' };
  assert.deepEqual(targetOf('/$catalog'), { kind: 'catalog', classes: 'names' });
  assert.deepEqual(targetOf('/$service/'), { kind: 'catalog', classes: 'names' });
  assert.deepEqual(targetOf('/$catalog/$all'), all);
  assert.deepEqual(targetOf('/$CATALOG/$ALL/'), all);
  assert.deepEqual(targetOf('/$catalog/Employee, Company'), { kind: 'catalog', classes: ['Employee', 'Company'] });
  assert.deepEqual(targetOf('/$catalog/publication/$all'), { ...all, model: 'publication' });
  assert.deepEqual(targetOf('/publication/$catalog/$all'), { ...all, model: 'publication' });
  assert.deepEqual(targetOf('/$catalog/publication/Book'), {
    kind: 'catalog',
    classes: ['Book'],
    model: 'publication',
  });
  assert.deepEqual(targetOf('/$upload'), { kind: 'upload' });
  assert.deepEqual(targetOf('/$entityset/$release'), { kind: 'release' });
  assert.deepEqual(targetOf('/Employee/$entityset/$release/'), { kind: 'release', dataClass: 'Employee' });
  assert.deepEqual(targetOf('/publication/Book/$entityset/$release'), {
    kind: 'release',
    dataClass: 'Book',
    model: 'publication',
  });
});

test('a path that may begin with a model keeps both readings', () => {
  const target = dataOf('/publication/Book("a,b")/title');
  assert.deepEqual(target.attributes, ['Book("a,b")', 'title']);
  const book = inModel(target);
  assert.equal(book?.model, 'publication');
  assert.deepEqual(book?.dataClass, { name: 'Book', key: keys(false, 'a,b') });
  assert.deepEqual(book?.attributes, ['title']);
  assert.deepEqual(inModel(dataOf('/publication/Book:title(x)'))?.dataClass.key, {
    ...byName,
    attribute: 'title',
    value: 'x',
  });
  assert.deepEqual(inModel(dataOf('/publication/Book/$entityset/0F3C'))?.set, { id: '0F3C' });
  assert.equal(inModel(dataOf('/Employee(22)/photo')), undefined);
  assert.equal(inModel(dataOf('/Employee/$entityset/0F3C')), undefined);
  assert.equal(inModel(dataOf('/Employee')), undefined);
});

test('steps tell lists from walks', () => {
  assert.deepEqual(dataOf('/Company(11)/staff/best').steps, ['staff', 'best']);
  assert.deepEqual(dataOf('/Company(11)/staff,best').steps, ['staff,best']);
  assert.deepEqual(dataOf('/Employee/$entityset/0F3C/raise').steps, ['raise']);
});

for (const path of [
  '/',
  '/(22)',
  '/Employee(22',
  '/Employee[22',
  '/Employee[]',
  '/Employee(22)x',
  '/Employee(22)(23)',
  '/Employee(1,,2)',
  '/Employee(1,)',
  '/Employee("a"b)',
  '/Employee:lastName',
  '/Employee:(x)',
  '/Employee:lastName()',
  '/Employee:lastName(a,b)',
  '/Employee:lastName(a&b)',
  '/Employee(%zz)',
  '/Employee(%C3)',
  '/Employee%',
  '/Employee/$none',
  '/publication/$catalog/other/$all',
  '/Employee/$entityset/no-dash',
  `/Employee/$entityset/${'A'.repeat(65)}`,
  '/Employee/$entityset/A[1,2]',
  '/Employee/$entityset/A/$entityset/B',
  '/Employee/$entityset/$release/x',
  '/Employee(1)/$entityset/$release',
  '/$entityset/0F3C',
  '/$transaction/$start',
  '/$nothing',
  '/$upload/x',
  '/$catalog/a/b/c',
  '/$catalog/$none',
  '/$catalog/A,,B',
  '/Employee(22)/raise(1,"a")',
  '/Employee/salary/raise(1)',
]) {
  test(`malformed ${path}`, () => assert.throws(() => targetOf(path), refused(1806)));
}

test('a quote that does not close', () => {
  assert.throws(() => targetOf('/Employee("22)'), refused(1809, 1806));
  assert.throws(() => targetOf("/Employee('22)/photo"), refused(1808, 1806));
  assert.throws(() => targetOf('/Employee("a\\")'), refused(1809, 1806));
});

test('the & form', () => {
  const ask = (url: string) => parseRequest('GET', url, '/rest', limits);
  const page = ask('/rest/publication/Book/$entityset/0F3C&$limit=5&$method=subentityset');
  assert.deepEqual((page.target as { set?: unknown }).set, { id: '0F3C' });
  assert.equal(page.params.get('top'), '5');
  assert.equal(page.params.get('method'), 'subentityset');
  const keyed = ask('/rest/Employee(7&"a)&b")/photo&$version=3');
  assert.deepEqual((keyed.target as { dataClass: unknown }).dataClass, {
    name: 'Employee',
    key: keys(false, ['7', 'a)&b']),
  });
  assert.equal(keyed.params.get('version'), '3');
  const both = ask('/rest/Employee(1)/a&b?$top=1');
  assert.deepEqual((both.target as { attributes: unknown }).attributes, ['a&b']);
});

test('the request line', () => {
  assert.throws(
    () => parseRequest('TRACE', '/rest/E', '/rest', limits),
    (error: unknown) => {
      assert.match((error as { headers: Record<string, string> }).headers['Allow'] ?? '', /^GET, HEAD, POST/);
      return refused(405)(error);
    },
  );
  assert.throws(() => parseRequest('GET', `/rest/${'E'.repeat(limits.maxUrlLength)}`, '/rest', limits), refused(414));
  assert.equal(parseRequest('GET', `/rest/${'E'.repeat(limits.maxUrlLength - 6)}`, '/rest', limits).method, 'GET');
  for (const url of ['/other/E', '/restaurant/E', '/re', '*', '']) {
    assert.throws(() => parseRequest('GET', url, '/rest', limits), refused(404));
  }
  for (const url of ['/rest', '/rest/', '/rest?$top=1', '/rest&$top=1']) {
    assert.throws(() => parseRequest('GET', url, '/rest', limits), refused(1806));
  }
  assert.equal(parseRequest('PUT', '/mobileapp/Employee(31)', '/mobileapp', limits).mount, '/mobileapp');
});

/** A key part the way the docstring of key-text.ts says it can be written. */
const quotePart = (part: string, quote: string, escape: string): string =>
  quote +
  part.replace(new RegExp(`(\\\\*)(${quote}|$)`, 'g'), (_all, run: string, end: string) =>
    end === '' ? run + run : escape === '\\' ? `${run}${run}\\${end}` : `${run}${run}${end}${end}`,
  ) +
  quote;

const part = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom(...'\\"\'/&,()[]:? %a') }));

test('every key comes back from its quoted form', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(part, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
      fc.constantFrom('"', "'"),
      fc.constantFrom('\\', 'double'),
      fc.constantFrom('()', '[]'),
      (list, quote, escape, brackets) => {
        const text = list.map((parts) => parts.map((one) => quotePart(one, quote, escape)).join('&')).join(',');
        const path = `/Employee${brackets[0]}${encodeURIComponent(text)}${brackets[1]}/photo`;
        assert.deepEqual(shapeOf(path), employee(keys(brackets === '[]', ...list), 'photo'));
        const raw = `/rest/Employee${brackets[0]}${text.replaceAll('%', '%25').replaceAll('?', '%3F')}${brackets[1]}/photo&$top=1`;
        const request = parseRequest('GET', raw, '/rest', { maxUrlLength: 1e6 });
        assert.equal(request.params.get('top'), '1');
        assert.deepEqual(
          (request.target as { dataClass: { key: unknown } }).dataClass.key,
          keys(brackets === '[]', ...list),
        );
        assert.deepEqual(parseKeyText(list[0]?.map((one) => quotePart(one, quote, escape)).join('&') ?? ''), list[0]);
      },
    ),
    { numRuns: 500 },
  );
});

test('a bare key comes back when it holds nothing special', () => {
  const bare = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/["'&,)]/.test(text));
  fc.assert(
    fc.property(bare, (text) => {
      assert.deepEqual(shapeOf(`/Employee(${encodeURIComponent(text)})`), employee(keys(false, text)));
    }),
  );
});

test('text after a quoted key text is refused', () => {
  assert.throws(() => parseKeyText('"a"b'), refused(1806));
  assert.deepEqual(parseKeyText('7&a,b)'), ['7', 'a,b)']);
});

test('an error quotes little of a long path', () => {
  assert.throws(
    () => targetOf(`/Employee("${'a'.repeat(5000)}`),
    (error: Error) => error.message.length < 500,
  );
  assert.throws(
    () => targetOf(`/Employee(${'a'.repeat(5000)}`),
    (error: Error) => error.message.length < 500,
  );
});
