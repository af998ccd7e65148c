import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { Action } from '../../../src/request/action.ts';
import { actions, allowedMethods } from '../../../src/request/action.ts';
import { KeystampError } from '../../../src/errors.ts';
import { actionFor, refused, targetOf } from './ask.ts';

/** Method, path, action (spec 01 § 4, 05, 06, 10 § 7, 11 §§ 3 and 5, 12 § 2). */
const rows: readonly (readonly [string, string, Action])[] = [
  ['OPTIONS', '/Employee', 'options'],
  ['GET', '/$catalog/$all', 'catalog'],
  ['HEAD', '/$catalog', 'catalog'],
  ['POST', '/$catalog/hire', 'call'],
  ['POST', '/$upload?$rawPict=true', 'upload'],
  ['GET', '/$changes?since=5', 'changes'],
  ['POST', '/$entityset/$release', 'releaseMany'],
  ['POST', '/$directory/login', 'login'],
  ['POST', '/$directory/loginByPassword', 'login'],
  ['POST', '/Shop/$directory/loginByKey', 'login'],
  ['GET', '/$directory/logout', 'logout'],
  ['POST', '/$directory/logout', 'logout'],
  ['GET', '/$directory/currentUser', 'currentUser'],
  ['POST', '/$directory/currentUserBelongsTo', 'belongsTo'],
  ['GET', '/$info', 'info'],
  ['GET', '/$info/sessionInfo', 'info'],
  ['POST', '/$info/sessionInfo/release/A,B', 'releaseSessions'],
  ['POST', '/$info/sessionInfo/id/A', 'releaseSessions'],
  ['GET', '/Employee', 'read'],
  ['HEAD', '/Employee(1)/photo?$imageformat=jpeg', 'read'],
  ['GET', '/Employee?$method=entityset', 'entityset'],
  ['GET', '/Employee?$method="EntitySet"', 'entityset'],
  ['GET', '/Company(7)/staff?$expand=staff&$method=subentityset', 'subentityset'],
  ['GET', '/Employee/$entityset/0F3C?$method=release', 'release'],
  ['POST', '/Employee/$entityset/0F3C?$method=release', 'release'],
  ['GET', '/Employee(1)?$method=delete', 'delete'],
  ['GET', '/Employee(1)/?$lock=true', 'lock'],
  ['GET', '/Employee(1)/?$lock=false', 'lock'],
  ['GET', '/Employee?$method=retrieve', 'read'],
  ['GET', '/Employee?$method=', 'read'],
  ['GET', '/Employee?$emMethod=best', 'call'],
  ['GET', '/Employee?$method=flush', 'nothing'],
  ['POST', '/Employee?$method=refresh', 'nothing'],
  ['POST', '/Employee?$method=update', 'update'],
  ['POST', '/Employee?$method=create', 'update'],
  ['POST', '/Employee?$method=insert', 'update'],
  ['PUT', '/Employee?$method=update', 'update'],
  ['POST', '/Employee?$method=update&$refresh=true', 'refresh'],
  ['POST', '/Employee?$method=validate', 'validate'],
  ['POST', '/Employee?$filter="a=1"&$method=delete', 'delete'],
  ['POST', '/Employee?$extendedAttributes=true', 'read'],
  ['POST', '/Employee?$extendedAttributes=true&$method=entityset', 'entityset'],
  ['POST', '/Company(7)/staff?$expand=staff&$method=subentityset&$emMethod=best', 'call'],
  ['POST', '/Employee?$emMethod=best', 'call'],
  ['POST', '/Employee?$method=update&$emMethod=best', 'update'],
  ['POST', '/Employee', 'update'],
  ['POST', '/Employee(31)', 'update'],
  ['POST', '/Employee?$atomic=true', 'update'],
  ['PUT', '/Employee[31]', 'update'],
  ['PATCH', '/Employee[31]', 'update'],
  ['PATCH', '/Employee/$entityset/0F3C[31]', 'update'],
  ['POST', '/Employee/raise', 'callOrWriteMedia'],
  ['POST', '/Employee(3005)/photo?$rawPict=image/png', 'callOrWriteMedia'],
  ['PUT', '/Company(11)/brochure', 'callOrWriteMedia'],
  ['DELETE', '/Employee[31]', 'delete'],
  ['DELETE', '/Employee?$filter="a=1"', 'delete'],
  ['DELETE', '/Employee(31)?$method=delete', 'delete'],
  ['DELETE', '/Employee(3005)/photo?$imageformat=best', 'removeMedia'],
  ['DELETE', '/Company(11)/brochure?$binary=true', 'removeMedia'],
  ['POST', '/$directory/login', 'login'],
  ['POST', '/$directory/logout', 'logout'],
  ['GET', '/$directory/currentUser', 'currentUser'],
  ['POST', '/$directory/currentUserBelongsTo', 'belongsTo'],
  ['GET', '/$info', 'info'],
  ['POST', '/$info/sessionInfo/release/0123456789ABCDEF', 'releaseSessions'],
  ['POST', '/$singleton/Payroll/run', 'call'],
];

for (const [method, path, action] of rows) {
  test(`${method} ${path} is ${action}`, () => assert.equal(actionFor(method, path), action));
}

test('every action has a row above', () => {
  assert.deepEqual(new Set(rows.map(([, , action]) => action)), new Set(Object.keys(actions)));
});

test('unknown and inapplicable methods', () => {
  for (const path of ['/E?$method=publish', '/E?$method=__proto__', '/E?$method=constructor']) {
    assert.throws(() => actionFor('POST', path), refused(1812));
    assert.throws(() => actionFor('GET', path), refused(1812));
  }
  for (const [method, path] of [
    ['GET', '/E?$method=update'],
    ['GET', '/E?$method=validate'],
    ['HEAD', '/E(1)?$method=delete'],
    ['HEAD', '/E(1)?$lock=true'],
    ['PATCH', '/E(1)?$method=delete'],
    ['DELETE', '/E(1)?$method=update'],
    ['GET', '/E?$method=release'],
    ['GET', '/E/$entityset/$none?$method=release'],
    ['DELETE', '/E(1)/photo,spec'],
  ] as const) {
    assert.throws(() => actionFor(method, path), refused(1813), `${method} ${path}`);
  }
});

test('405 says what is allowed', () => {
  for (const [method, path, allow] of [
    ['GET', '/$upload', 'POST, OPTIONS'],
    ['GET', '/$directory/login', 'POST, OPTIONS'],
    ['PUT', '/$directory/logout', 'GET, POST, OPTIONS'],
    ['DELETE', '/$info', 'GET, HEAD, POST, OPTIONS'],
    ['GET', '/$info/sessionInfo/id/A', 'POST, OPTIONS'],
    ['POST', '/$changes', 'GET, OPTIONS'],
    ['PUT', '/$upload', 'POST, OPTIONS'],
    ['GET', '/E/$entityset/$release', 'POST, OPTIONS'],
    ['POST', '/$catalog', 'GET, HEAD, POST, OPTIONS'],
    ['POST', '/$catalog/A,B', 'GET, HEAD, POST, OPTIONS'],
    ['DELETE', '/$catalog/A', 'GET, HEAD, POST, OPTIONS'],
  ] as const) {
    assert.throws(
      () => actionFor(method, path),
      (error: unknown) => error instanceof KeystampError && error.headers['Allow'] === allow && refused(405)(error),
    );
  }
  assert.match(allowedMethods(targetOf('/Employee')), /PATCH/);
});
