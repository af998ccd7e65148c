import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { KeystampError } from '../../../src/errors.ts';
import { actionOf } from '../../../src/request/action.ts';
import { params as table } from '../../../src/request/params.ts';
import type { ParamName } from '../../../src/request/params.ts';
import { parseRequest } from '../../../src/request/parse.ts';
import { inModel } from '../../../src/request/path.ts';
import { limits, paramsOf, refused } from './ask.ts';

function check(query: string, expected: Partial<Record<ParamName, string>>): void {
  const params = paramsOf(query);
  const found: Partial<Record<ParamName, string>> = {};
  for (const name of Object.keys(table) as ParamName[]) {
    const value = params.get(name);
    if (value !== undefined) found[name] = value;
  }
  assert.deepEqual(found, expected, query);
}

test('every known name, with and without $, in any case', () => {
  for (const [name, row] of Object.entries(table) as [ParamName, { aliases?: readonly string[] }][]) {
    for (const spelling of [name, ...(row.aliases ?? [])]) {
      for (const text of [spelling, spelling.toLowerCase(), spelling.toUpperCase()]) {
        for (const prefix of ['$', '', '%24'])
          assert.equal(paramsOf(`${prefix}${text}=5`).get(name), '5', prefix + text);
      }
    }
  }
});

test('names that spec 01 § 3.1 knows', () => {
  const known =
    'filter params orderby subOrderby skip top limit expand attributes method emMethod timeout savedfilter savedorderby ' +
    'distinct compute asArray format atomic atonce refresh clean logicOperator operator otherCollection querypath ' +
    'queryplan lock extendedAttributes metadata binary imageformat version rawPict noKey ' +
    'imagewidth imageheight imagefit imagequality imageinfo';
  for (const name of known.split(' ')) {
    const one = paramsOf(`$${name}=1`);
    assert.ok(
      (Object.keys(table) as ParamName[]).some((row) => one.has(row)),
      name,
    );
  }
  check('$atOnce=true', { atomic: 'true' });
  check('$operator=AND', { logicOperator: 'AND' });
});

test('recorded queries', () => {
  check('$filter="salary > :1 && lastName > :2"&$orderby=salary%20desc', {
    filter: 'salary > :1 && lastName > :2',
    orderby: 'salary desc',
  });
  check(`$filter='firstName=="a*"'&$top=2`, { filter: 'firstName=="a*"', top: '2' });
  check('$params=%27[%22Ada%22]%27', { params: '["Ada"]' });
  check(`$params='[%22Ada%22]'`, { params: '["Ada"]' });
  check('$filter="lastName > :1 && salary > :2"&$params=\'["A",1]\'&$orderby=salary desc&$limit=5&$method=entityset', {
    filter: 'lastName > :1 && salary > :2',
    params: '["A",1]',
    orderby: 'salary desc',
    limit: '5',
    top: '5',
    method: 'entityset',
  });
  check(`$savedfilter='$all'&$timeout=300`, { savedfilter: '$all', timeout: '300' });
  check('$imageformat=jpeg&$version=3&$expand=photo', { imageformat: 'jpeg', version: '3', expand: 'photo' });
  check('_=1718000000000&$top=3&querypath=true', { top: '3', querypath: 'true' });
});

test('inner quotes are text', () => {
  check(`$filter="lastName=O'Reilly"&$top=1`, { filter: "lastName=O'Reilly", top: '1' });
  check(`$params='["O'Brien"]'`, { params: '["O\'Brien"]' });
  check(`$filter=%22lastName=%22A%22%22&$top=1`, { filter: 'lastName="A"', top: '1' });
  check(`$filter="name == "a" && city == "b""&$skip=1`, { filter: 'name == "a" && city == "b"', skip: '1' });
  check(`$filter=%22a="x"&$top=1%22&$skip=2`, { filter: 'a="x"&$top=1', skip: '2' });
  check(`$filter=%22a"&$skip=2`, { filter: 'a', skip: '2' });
});

test('how a quoted value ends', () => {
  check('$filter="a"/', { filter: 'a' });
  check('$filter="a"&', { filter: 'a' });
  check('$filter="a"&clean', { filter: 'a', clean: 'true' });
  check('$filter="a"&buster=1&$top=2', { filter: 'a', top: '2' });
  check('$filter="a"&&$top=2', { filter: 'a', top: '2' });
  check('$filter=""&$top=2', { filter: '', top: '2' });
  check('x="&$top=9&"&$top=2', { top: '2' });
});

test('bare values', () => {
  check('$filter=salary>1&&name=2&$top=5', { filter: 'salary>1&&name=2', top: '5' });
  check('$orderby=a&&$top=5', { orderby: 'a', top: '5' });
  check('$filter=name="A&B"&$top=5', { filter: 'name="A&B"', top: '5' });
  check('$filter=name%3D%22A&B%22&$top=5', { filter: 'name="A&B"', top: '5' });
  check('$params=[%22a&b%22]&$top=5', { params: '["a&b"]', top: '5' });
  check("$filter=lastName=O'Reilly&$orderby='lastName'", { filter: "lastName=O'Reilly", orderby: 'lastName' });
  check('$filter=a = "b&$top=5', { filter: 'a = "b', top: '5' });
  check('$filter=a=b=c', { filter: 'a=b=c' });
  check('&&$top=1&&', { top: '1' });
  check('$expand={[<"\'>]}', { expand: '{[<"\'>]}' });
});

test('+ is a space only for encoders that use no other', () => {
  check('$orderby=salary+desc', { orderby: 'salary desc' });
  check('$filter="a+%3D+1"', { filter: 'a = 1' });
  check('$filter="a+1 > 2"', { filter: 'a+1 > 2' });
  check('$filter="a+1%20>%202"', { filter: 'a+1 > 2' });
  check('$filter=a%2B1', { filter: 'a+1' });
});

test('repeated names, flags and limits', () => {
  const twice = paramsOf('$version=3&$VERSION=4&$top=1');
  assert.equal(twice.get('version'), '4');
  assert.equal(twice.count('version'), 2);
  assert.equal(twice.count('top'), 1);
  assert.equal(twice.count('skip'), 0);
  for (const on of ['$clean', '$clean=true', '$clean="TRUE"', '$clean=1', "$clean='true'"]) {
    assert.equal(paramsOf(on).flag('clean'), true, on);
  }
  for (const off of ['$clean=false', '$clean="false"', '$clean=', '$clean=yes', '$top=1', '']) {
    assert.equal(paramsOf(off).flag('clean'), false, off);
  }
  assert.equal(paramsOf('$lock=false').has('lock'), true);
  assert.equal(paramsOf('$rawPict').get('rawPict'), 'true');
  assert.equal(paramsOf('$filter').get('filter'), '');
  assert.equal(paramsOf('$top=5&$limit=7').get('top'), '7');
  assert.equal(paramsOf('$limit=7&$top=5').get('top'), '7');
  assert.equal(paramsOf('$limit=x&$top=5').get('top'), '5');
  assert.equal(paramsOf('$limit=7').get('top'), '7');
  assert.equal(paramsOf('$top=7').has('limit'), false);
});

test('what cannot be read', () => {
  assert.throws(() => paramsOf('$filter="a'), refused(1809, 1806));
  assert.throws(() => paramsOf('$filter=%27a&$top'), refused(1808, 1806));
  for (const broken of ['$filter=%', '$filter=%C3', '$filter="%zz"', '%zz=1']) {
    assert.throws(() => paramsOf(broken), refused(1806), broken);
  }
  check('unknown=100%&$top=1', { top: '1' });
  check('__proto__=1&constructor=2', {});
});

test('any value comes back from a query string made by encodeURIComponent', () => {
  const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom(...'"\'&=$ab/ +%') }));
  fc.assert(
    fc.property(value, value, fc.constantFrom('"', "'"), (filter, order, quote) => {
      // encodeURIComponent leaves the apostrophe, so a text that ends one value and begins another is escaped as well.
      const encode = (text: string): string => encodeURIComponent(text).replaceAll("'", '%27');
      const query = `$orderby=${quote}${encode(order)}${quote}&$format=%20&$filter=${encode(quote + filter + quote)}&$top=1`;
      check(query, { filter, orderby: order, format: ' ', top: '1' });
    }),
    { numRuns: 1000 },
  );
});

test('whatever comes, only KeystampError is thrown', () => {
  const scrap = fc.constantFrom(
    ...'/ ? & && = " \' %22 %27 % %C3%A9 %00 ( ) [ ] : , . \\ $ + 22 a Employee é __proto__ \ud800 \u0000'.split(' '),
    ...'$filter $top limit $entityset $catalog $all $none $release $upload $method delete update $lock $emMethod'.split(
      ' ',
    ),
    ' ',
  );
  const url = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(scrap, { maxLength: 25 }).map((list) => list.join('')),
  );
  fc.assert(
    fc.property(fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'), url, (method, text) => {
      try {
        const request = parseRequest(method, `/rest/${text}`, '/rest', limits);
        assert.equal(typeof actionOf(request), 'string');
        if (request.target.kind === 'data') inModel(request.target);
      } catch (error) {
        assert.ok(error instanceof KeystampError, String(error));
        assert.ok(error.status >= 400 && error.status < 500);
      }
    }),
    { numRuns: 5000 },
  );
});
