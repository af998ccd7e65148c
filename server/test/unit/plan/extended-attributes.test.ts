// The limits of attribute trees: levels, relations, comparisons (spec 03 § 3.4). What they answer is in
// wire/extended-attributes.http.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig, type Config } from '../../../src/config.ts';
import { KeystampError } from '../../../src/errors.ts';
import { buildModel } from '../../../src/model/load.ts';
import { resolveClass } from '../../../src/plan/access.ts';
import { PlanContext } from '../../../src/plan/context.ts';
import { extendedColumns } from '../../../src/plan/extended-attributes.ts';
import { parseRequest } from '../../../src/request/parse.ts';
import { Roles } from '../../../src/session/roles.ts';

const model = buildModel({
  dataClasses: {
    Person: {
      attributes: {
        ID: { type: 'long', primKey: true },
        name: { type: 'string' },
        spec: { type: 'object' },
        boss: { kind: 'relatedEntity', dataClass: 'Person' },
        team: { kind: 'relatedEntities', dataClass: 'Person', inverse: 'boss' },
      },
    },
  },
});

/** Codes of the error that the tree is refused with; none when it is taken. */
function refusal(tree: unknown, limits: Partial<Config> = {}): readonly unknown[] {
  const config = readConfig(limits);
  const request = parseRequest('POST', '/rest/Person?$extendedAttributes=true', '/rest', config);
  try {
    const context = new PlanContext(model, config, () => {}, new Roles().guest);
    extendedColumns(request, resolveClass(context, 'Person'), tree, context);
    return [];
  } catch (error) {
    assert.ok(error instanceof KeystampError);
    return [error.status, ...error.entries.map((entry) => ('code' in entry ? entry.code : entry.http))];
  }
}

const nested = (levels: number): object => (levels === 0 ? { name: true } : { boss: nested(levels - 1) });

test('a tree has so many levels', () => {
  assert.deepEqual(refusal(nested(2), { maxExpandDepth: 3 }), []);
  assert.deepEqual(refusal(nested(3), { maxExpandDepth: 3 }), [404, 1500, 1804]);
});

test('relations are sent in full at so many places', () => {
  const tree = { boss: { boss: {} }, team: { team: {} } };
  assert.deepEqual(refusal(tree, { maxExpandedRelations: 4 }), []);
  assert.deepEqual(refusal(tree, { maxExpandedRelations: 3 }), [400, 1806]);
});

test('the comparisons of all queries are counted together', () => {
  const tree = { boss: { __Query: 'ID > 1 AND ID < 9' }, team: { __Query: { queryString: 'ID > 1 OR name = a' } } };
  assert.deepEqual(refusal(tree, { maxFilterTerms: 4 }), []);
  assert.deepEqual(refusal(tree, { maxFilterTerms: 3 }), [400, 1162]);
});

test('values have nothing below them', () => {
  assert.deepEqual(refusal({ spec: { size: true }, name: { x: true, y: true } }), [404, 1500, 1500, 1500, 1804]);
  assert.deepEqual(refusal({ name: {} }), []);
});

test('a tree holds true, false and objects', () => {
  assert.deepEqual(refusal({ name: true, spec: false }), []);
  for (const wrong of [1, 'true', null, ['name']]) assert.deepEqual(refusal({ name: wrong }), [400, 1806]);
  for (const wrong of [1, 'name', null, [], true]) assert.deepEqual(refusal(wrong), [400, 1806]);
});

test('parameters are a list or an object', () => {
  const tree = (parameters: unknown): unknown => ({
    boss: { __Query: { queryString: 'ID = :1', settings: { parameters } } },
  });
  assert.deepEqual(refusal(tree([4])), []);
  assert.deepEqual(refusal(tree('4')), [400, 1280]);
  assert.deepEqual(refusal(tree(undefined)), [400, 1279]);
});
