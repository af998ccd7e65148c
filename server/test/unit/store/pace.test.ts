// When a statement goes to the slow lane and when it comes back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from '../../../src/store/sqlite/pace.ts';

const times = (count: number, run: () => void): void => {
  for (let i = 0; i < count; i++) run();
};

test('short runs leave it in the server', () => {
  const pace = new Pace();
  times(1000, () => pace.ran(3));
  assert.equal(pace.long, false);
});

test('one long run sends it to the lane, short ones in a row bring it back', () => {
  const pace = new Pace();
  pace.ran(5);
  assert.equal(pace.long, true);
  times(7, () => pace.ranInLane(1));
  assert.equal(pace.long, true);
  pace.ranInLane(1);
  assert.equal(pace.long, false);
});

test('a long one in between begins the proof again', () => {
  const pace = new Pace();
  pace.ran(5);
  times(7, () => pace.ranInLane(1));
  pace.ranInLane(20);
  times(7, () => pace.ranInLane(1));
  assert.equal(pace.long, true);
  pace.ranInLane(1);
  assert.equal(pace.long, false);
});

test('each time it is found long the proof is twice as much', () => {
  const pace = new Pace();
  for (const proof of [8, 16, 32, 64]) {
    pace.ran(5);
    times(proof - 1, () => pace.ranInLane(1));
    assert.equal(pace.long, true, `${proof}`);
    pace.ranInLane(1);
    assert.equal(pace.long, false, `${proof}`);
  }
});
