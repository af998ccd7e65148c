// The life of converter processes: killed, late, too many waiting, left alone by their server.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { KeystampError } from '../../../src/errors.ts';
import { Converter } from '../../../src/image/converter.ts';
import type { ConverterLimits } from '../../../src/image/converter.ts';
import type { ImageEvent } from '../../../src/image/image-event.ts';
import { resolveVariant } from '../../../src/image/variant.ts';
import { pathOfMachine, pathWithoutChrt } from '../../without-chrt.ts';
import { encode, opaque, svg } from './sample-pictures.ts';

process.env['PATH'] = pathWithoutChrt;

const limits = { converters: 1, maxConversionQueue: 2, conversionSeconds: 60, maxImagePixels: 1e6, maxImageBytes: 1e6 };
const jpeg = await encode(opaque(), 'jpeg');
const found = resolveVariant({ format: ['png'] }, { mediatype: 'image/jpeg', width: 120, height: 80 });
if (!found || found.unchanged) throw new Error('no conversion');
const png = found;

/** A converter with what it reported; ended with the test. Its `limits` may be changed between jobs. */
function start(t: { after: (end: () => Promise<void>) => void }, more: Partial<ConverterLimits> = {}) {
  const events: ImageEvent[] = [];
  const own = { ...limits, ...more };
  const converter = new Converter(own, (event) => events.push(event));
  t.after(() => converter.close());
  const pids = (): number[] => events.flatMap((event) => (event.kind === 'converterStarted' ? [event.pid] : []));
  return { converter, events, pids, limits: own };
}

const withStatus = (status: number) => (error: unknown) => error instanceof KeystampError && error.status === status;

/** The process has ended and its parent knows. */
function isReaped(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

/** The process has ended; an orphan may stay in the table until somebody asks for its exit code. */
function isGone(pid: number): boolean {
  if (isReaped(pid)) return true;
  const file = `/proc/${pid}/stat`;
  return existsSync(file) && readFileSync(file, 'latin1').split(') ')[1]?.startsWith('Z') === true;
}

const SCHED_IDLE = 5;

/** The scheduling policy of a thread: field 41 of its `stat`, the 39th after its name. */
const policyOf = (task: string): number =>
  Number(readFileSync(`${task}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[38]);

/** There is a command that gives the policy, and it may. */
const mayIdle = (): boolean => spawnSync('chrt', ['-i', '0', 'true'], { env: { PATH: pathOfMachine } }).status === 0;

async function waitUntil(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 4000 && !condition(); tries++) await sleep(25);
  assert.ok(condition());
}

test('a process killed in the middle of a job fails that job alone and is replaced', async (t) => {
  const { converter, events, pids } = start(t);
  const killing = async (): Promise<Buffer> => {
    process.kill(pids().at(-1) ?? 0, 'SIGKILL');
    return jpeg;
  };
  const [failed, next] = await Promise.allSettled([
    converter.convert(killing, png),
    converter.convert(async () => jpeg, png),
  ]);
  assert.ok(failed.status === 'rejected' && withStatus(503)(failed.reason));
  assert.equal((failed.reason as KeystampError).headers['Retry-After'], '1');
  assert.equal(next.status, 'fulfilled');
  assert.equal(pids().length, 2);
  assert.ok(events.some((event) => event.kind === 'converterLost' && !event.timedOut && event.pid === pids()[0]));
});

test('a process that is found dead when its job is ready fails that job at once', async (t) => {
  const { converter, pids } = start(t);
  const killing = async (): Promise<Buffer> => {
    const pid = pids().at(-1) ?? 0;
    process.kill(pid, 'SIGKILL');
    await waitUntil(() => isReaped(pid));
    return jpeg;
  };
  await assert.rejects(converter.convert(killing, png), (error) => {
    assert.ok(withStatus(503)(error));
    assert.doesNotMatch(String(error), /too long/);
    return true;
  });
  assert.equal((await converter.inspect(jpeg)).width, 120);
});

test('a process is replaced after two thousand jobs', async (t) => {
  const { converter, events, pids } = start(t, { maxConversionQueue: 3000 });
  await Promise.all(Array.from({ length: 2000 }, () => converter.inspect(svg)));
  assert.equal(pids().length, 1);
  await converter.inspect(svg);
  assert.equal(pids().length, 2);
  await waitUntil(() => isReaped(pids()[0] ?? 0));
  assert.ok(events.every((event) => event.kind !== 'converterLost'));
});

test('an idle process that was killed is replaced without anyone noticing', async (t) => {
  const { converter, pids } = start(t);
  await converter.inspect(jpeg);
  const pid = pids()[0] ?? 0;
  process.kill(pid, 'SIGKILL');
  await waitUntil(() => isReaped(pid));
  assert.equal((await converter.inspect(jpeg)).width, 120);
});

test('a job past the time limit is ended with 503: another try may work', async (t) => {
  const { converter, events, pids, limits: own } = start(t);
  // Short for the jobs that never end alone: on a crowded machine the others may take their time.
  const stop = (): void => {
    process.kill(pids().at(-1) ?? 0, 'SIGSTOP');
    own.conversionSeconds = 0.5;
  };
  const stopping = async (): Promise<Buffer> => {
    stop();
    return jpeg;
  };
  await assert.rejects(converter.convert(stopping, png), withStatus(503));
  own.conversionSeconds = limits.conversionSeconds;
  await converter.inspect(jpeg);
  stop();
  await assert.rejects(converter.inspect(jpeg), withStatus(503));
  own.conversionSeconds = limits.conversionSeconds;
  assert.equal((await converter.inspect(jpeg)).width, 120);
  assert.equal(events.filter((event) => event.kind === 'converterLost' && event.timedOut).length, 2);
  assert.equal(pids().length, 3);
});

test('a start that takes longer than a job may costs no answer', async (t) => {
  const own = { ...limits, conversionSeconds: 0.5 };
  let resumed = 0;
  const converter = new Converter(own, (event) => {
    if (event.kind !== 'converterStarted') return;
    process.kill(event.pid, 'SIGSTOP');
    setTimeout(() => {
      // The job itself has time, however crowded the machine is.
      own.conversionSeconds = limits.conversionSeconds;
      process.kill(event.pid, 'SIGCONT');
      resumed++;
    }, 1000);
  });
  t.after(() => converter.close());
  assert.equal((await converter.inspect(jpeg)).width, 120);
  assert.equal(resumed, 1);
});

test('a process killed while it starts is no fault of the server: 503', async (t) => {
  const { converter, events } = start(t);
  const inspecting = converter.inspect(jpeg);
  await waitUntil(() => events.length > 0);
  const [started] = events;
  assert.ok(started?.kind === 'converterStarted');
  process.kill(started.pid, 'SIGKILL');
  await assert.rejects(inspecting, withStatus(503));
  assert.ok(events.some((event) => event.kind === 'converterLost' && event.pid === started.pid));
  assert.equal((await converter.inspect(jpeg)).width, 120);
});

test('a process at work runs on time that nobody else wants', { skip: !mayIdle() }, async (t) => {
  const { converter, pids } = start(t);
  process.env['PATH'] = pathOfMachine;
  t.after(() => void (process.env['PATH'] = pathWithoutChrt));
  await converter.inspect(jpeg);
  const [pid = 0] = pids();
  for (const thread of readdirSync(`/proc/${pid}/task`))
    assert.equal(policyOf(`/proc/${pid}/task/${thread}`), SCHED_IDLE, thread);
});

test('a new picture that crashes its decoder is no picture; a killed process is not its fault', async (t) => {
  const { converter, pids } = start(t);
  await converter.inspect(jpeg);
  const inspecting = converter.inspect(jpeg);
  process.kill(pids().at(-1) ?? 0, 'SIGSEGV');
  await assert.rejects(inspecting, (error) => {
    assert.ok(error instanceof KeystampError);
    assert.deepEqual(error.entries, [{ code: 1824, args: ['image/jpeg'] }]);
    return true;
  });
  await converter.inspect(jpeg);
  const again = converter.inspect(jpeg);
  process.kill(pids().at(-1) ?? 0, 'SIGKILL');
  await assert.rejects(again, withStatus(503));
});

test('a full queue answers 503 at once; uploads have a queue of their own and go first', async (t) => {
  const { converter } = start(t);
  const gate = Promise.withResolvers<void>();
  const order: string[] = [];
  const convert = (name: string) =>
    converter.convert(async () => {
      order.push(name);
      await gate.promise;
      return jpeg;
    }, png);
  const jobs = [convert('running'), convert('first'), convert('second')];
  await assert.rejects(convert('third'), withStatus(503));
  const inspected = converter.inspect(svg).then(() => order.push('upload'));
  gate.resolve();
  await Promise.all([...jobs, inspected]);
  assert.deepEqual(order, ['running', 'upload', 'first', 'second']);
  assert.ok((await convert('later')).length > 0);
});

test('what the reader of the stored bytes throws is thrown, and the process goes on', async (t) => {
  const { converter, pids } = start(t);
  const lost = new Error('no such bytes');
  await assert.rejects(
    converter.convert(() => Promise.reject(lost), png),
    lost,
  );
  await converter.convert(async () => jpeg, png);
  assert.equal(pids().length, 1);
});

test('no more processes run than are allowed, and none before there is work', async (t) => {
  const { converter, pids } = start(t, { converters: 2, maxConversionQueue: 50 });
  assert.equal(pids().length, 0);
  await Promise.all(Array.from({ length: 30 }, () => converter.inspect(jpeg)));
  assert.equal(pids().length, 2);
});

test('close ends the processes and refuses what is waiting, running or new', async (t) => {
  const { converter, pids } = start(t);
  await converter.inspect(jpeg);
  process.kill(pids()[0] ?? 0, 'SIGSTOP');
  const jobs = [converter.inspect(jpeg), converter.convert(async () => jpeg, png)];
  const ended = Promise.allSettled(jobs);
  await converter.close();
  for (const job of await ended) assert.ok(job.status === 'rejected' && withStatus(503)(job.reason));
  assert.ok(isGone(pids()[0] ?? 0));
  await assert.rejects(converter.inspect(jpeg), withStatus(503));
});

test('processes end by themselves when their server is killed', async () => {
  const program = `
    const { Converter } = await import(${JSON.stringify(import.meta.resolve('../../../src/image/converter.ts'))});
    const limits = { converters: 1, maxConversionQueue: 1, conversionSeconds: 60, maxImagePixels: 1e6, maxImageBytes: 1e6 };
    const converter = new Converter(limits, (event) => event.kind === 'converterStarted' && process.stdout.write(event.pid + ' '));
    await converter.inspect(Buffer.from('${jpeg.toString('base64')}', 'base64'));
    process.stdout.write('done ');`;
  const server = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  for await (const chunk of server.stdout) {
    printed += String(chunk);
    if (printed.includes('done')) break;
  }
  const pid = Number(printed.split(' ')[0]);
  assert.ok(pid > 0 && !isGone(pid), printed);
  server.kill('SIGKILL');
  await waitUntil(() => isGone(pid));
});
