// When a statement goes to the slow lane and when it comes back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from '../../../src/store/sqlite/pace.ts';

const times = (count: number, run: () => void): void => {
  for (let i = 0; i < count; i++) run();
};

test('short runs and a pause now and then leave it in the server', () => {
  const pace = new Pace();
  times(100, () => {
    times(20, () => pace.ran(1));
    pace.ran(45);
    assert.equal(pace.long, false);
  });
});

test('one very long run sends it to the lane, so do several long ones', () => {
  const once = new Pace();
  once.ran(60);
  assert.equal(once.long, true);
  const often = new Pace();
  times(10, () => often.ran(6));
  assert.equal(often.long, true);
});

test('short runs in a row bring it back, a long one in between begins the proof again', () => {
  const pace = new Pace();
  pace.ran(60);
  times(7, () => pace.ranInLane(1));
  pace.ranInLane(20);
  times(7, () => pace.ranInLane(1));
  assert.equal(pace.long, true);
  pace.ranInLane(1);
  assert.equal(pace.long, false);
  pace.ran(5);
  assert.equal(pace.long, false, 'its usual time is forgotten');
});

test('each time it gets to the lane the proof is twice as much', () => {
  const pace = new Pace();
  for (const proof of [8, 16, 32, 64]) {
    pace.ran(60);
    times(proof - 1, () => pace.ranInLane(1));
    assert.equal(pace.long, true, `${proof}`);
    pace.ranInLane(1);
    assert.equal(pace.long, false, `${proof}`);
  }
});

test('one that begins in the lane needs a long proof', () => {
  const pace = new Pace(true);
  times(63, () => pace.ranInLane(1));
  assert.equal(pace.long, true);
  pace.ranInLane(1);
  assert.equal(pace.long, false);
  pace.ran(100);
  assert.equal(pace.long, true);
});

test('a statement that was short for long is trusted again', () => {
  const pace = new Pace();
  for (let i = 0; i < 5; i++) {
    pace.ran(60);
    times(8, () => pace.ranInLane(1));
    assert.equal(pace.long, false, `${i}`);
    times(1000, () => pace.ran(1));
  }
});
