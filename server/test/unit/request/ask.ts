// Short forms for the tests of this folder: one request line in, its parts out.
import assert from 'node:assert/strict';
import { KeystampError } from '../../../src/errors.ts';
import type { DataTarget, Params, Target } from '../../../src/request/api-request.ts';
import { actionOf } from '../../../src/request/action.ts';
import type { Action } from '../../../src/request/action.ts';
import { parseRequest } from '../../../src/request/parse.ts';

export const limits = { maxUrlLength: 16_384 };

export const targetOf = (path: string): Target => parseRequest('GET', `/rest${path}`, '/rest', limits).target;

export const paramsOf = (query: string): Params => parseRequest('GET', `/rest/E?${query}`, '/rest', limits).params;

export function actionFor(method: string, path: string): Action {
  return actionOf(parseRequest(method, `/rest${path}`, '/rest', limits));
}

export function dataOf(path: string): DataTarget {
  const target = targetOf(path);
  assert.equal(target.kind, 'data');
  return target as DataTarget;
}

/** The target as the protocol sees it: without the texts kept for later stages. */
export function shapeOf(path: string): unknown {
  const { kind, steps, segments, ...shape } = dataOf(path);
  assert.ok(kind && steps && segments);
  return shape;
}

/** For assert.throws: a KeystampError with these codes (or HTTP statuses), in order. */
export const refused =
  (...codes: number[]) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof KeystampError, String(error));
    assert.deepEqual(
      error.entries.map((entry) => ('http' in entry ? entry.http : entry.code)),
      codes,
    );
    return true;
  };
