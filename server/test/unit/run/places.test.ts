// Places that are counted: none is lost, whatever happens to whoever has taken it.
import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { Places } from '../../../src/run/places.ts';

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
});

test('a place is given back once, when its use ends', () => {
  const places = new Places(1);
  const place = places.take();
  assert.equal(places.take(), undefined);
  place?.begin();
  mock.timers.tick(60_000);
  assert.equal(places.taken, 1);
  place?.end();
  place?.end();
  assert.equal(places.taken, 0);
  assert.ok(places.take());
});

test('one whose use does not begin comes back by itself', () => {
  const places = new Places(2);
  const late = places.take();
  places.take();
  mock.timers.tick(9_000);
  assert.equal(places.taken, 2);
  mock.timers.tick(2_000);
  assert.equal(places.taken, 0);
  late?.begin();
  assert.equal(places.taken, 1);
  late?.end();
  assert.equal(places.taken, 0);
});
