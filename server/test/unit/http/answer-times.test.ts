import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AggregatorRegistry, Histogram, Registry } from 'prom-client';
import { AnswerTimes } from '../../../src/http/answer-times.ts';

const about = { name: 'answer_seconds', help: 'Time to an answer' };
const buckets = [0.001, 0.5, 2];
const answers = [
  ['GET', 200, 0],
  ['GET', 200, 0.001],
  ['GET', 304, 0.25],
  ['POST', 200, 7],
  ['GET', 200, 0.0015],
] as const;

/** The same answers, counted here and by the library. */
function count() {
  const [own, libraries] = [new Registry(), new Registry()];
  const reads: number[] = [];
  const times = new AnswerTimes({ ...about, buckets, registry: own, onRead: () => reads.push(1) });
  const histogram = new Histogram({ ...about, buckets, labelNames: ['method', 'status'], registers: [libraries] });
  for (const [method, status, seconds] of answers) {
    times.count(method, status, seconds);
    histogram.observe({ method, status: String(status) }, seconds);
  }
  return { own, libraries, reads };
}

const lines = (text: string): readonly string[] => text.trim().split('\n').toSorted();

test('answers are told as the library tells what it counts itself', async () => {
  const { own, libraries, reads } = count();
  const told = await own.metrics();
  assert.match(told, /^answer_seconds_bucket\{le="0\.5",method="GET",status="200"\} 3$/m);
  assert.deepEqual(lines(told), lines(await libraries.metrics()));
  assert.equal(reads.length, 1);
});

test('several processes are added up as the library adds up its own', async () => {
  const ofAll = async (side: 'own' | 'libraries'): Promise<string> => {
    const told = [await count()[side].getMetricsAsJSON(), await count()[side].getMetricsAsJSON()];
    return AggregatorRegistry.aggregate(told).metrics();
  };
  const told = await ofAll('own');
  assert.match(told, /^answer_seconds_count\{method="GET",status="200"\} 6$/m);
  assert.deepEqual(lines(told), lines(await ofAll('libraries')));
});
