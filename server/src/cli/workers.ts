// Several server processes on one port. The process that was started does not serve: it starts the others, starts those
// again that have died, and ends them all.
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { settings, type Config } from '../config.ts';
import type { OnEvent } from '../events.ts';
import { claimPort } from '../http/listen.ts';
import { stopSignal } from './stop-signal.ts';
import { addUpMetrics } from './worker-metrics.ts';

/** Whether this process was started by one that keeps several. */
export const isWorker = (): boolean => cluster.isWorker;

const servingMessage = { kind: 'keystamp:serving' } as const;

const isServing = (message: unknown): boolean =>
  typeof message === 'object' && message !== null && 'kind' in message && message.kind === servingMessage.kind;

/** For one of them: tells the one that keeps them that it serves. */
export const tellServing = (): void => void process.send?.(servingMessage);

/** Whoever dies sooner is not started again at once. */
const shortLifeMs = 1000;
/** So many that died one after the other before any of them served: another one will not do better. */
const mostFailures = 5;

/** Beside `stopSeconds` a process has this long to close what it has open. */
const graceMs = 5000;

/**
 * Keeps so many processes of the running command, until told to stop.
 * @param onServing told once, when all of them serve
 * @throws Error when they end before they serve
 */
export async function keepWorkers(config: Config, onEvent: OnEvent, onServing: (port: number) => void): Promise<void> {
  const converters = config.converters || Math.ceil(availableParallelism() / config.workers);
  const env = { [settings.converters.env]: String(converters) };
  const { port, release } = await claimPort(config);
  // Where they share a socket, all take connections from it: this process would hand them to one that is dead already. It
  // counts only if it is said before anything else.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  // The system would choose another port for those that come when all have died.
  if (config.port === 0) cluster.setupPrimary({ args: [...process.argv.slice(2), '--port', String(port)] });
  addUpMetrics();
  const { promise: broken, reject } = Promise.withResolvers<never>();
  let stopping = false;
  let failures = 0;
  let isTold = false;
  const serving = new Set<Worker>();
  const start = (): void => {
    const begun = performance.now();
    const worker = cluster.fork(env);
    worker.on('message', (message) => {
      if (!isServing(message)) return;
      failures = 0;
      serving.add(worker);
      if (isTold || serving.size < config.workers) return;
      isTold = true;
      release();
      onServing(port);
    });
    worker.once('exit', (code, signal) => {
      const hasServed = serving.delete(worker);
      if (stopping) return;
      onEvent({ kind: 'workerEnded', pid: worker.process.pid ?? 0, reason: String(signal || code) });
      const short = performance.now() - begun < shortLifeMs;
      if (!hasServed && ++failures >= mostFailures)
        return reject(new Error('The server processes end before they serve.'));
      setTimeout(() => stopping || start(), short ? shortLifeMs : 0);
    });
  };
  for (let i = 0; i < config.workers; i++) start();
  try {
    onEvent({ kind: 'stopping', signal: await Promise.race([stopSignal(), broken]) });
  } finally {
    stopping = true;
    release();
    await Promise.all(workers().map((worker) => end(worker, config.stopSeconds * 1000 + graceMs)));
  }
  onEvent({ kind: 'stopped' });
}

const workers = (): readonly Worker[] => Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);

/** Asks a process to end, and ends it when it does not. */
async function end(worker: Worker, patienceMs: number): Promise<void> {
  if (worker.isDead()) return;
  const gone = once(worker, 'exit');
  worker.process.kill('SIGTERM');
  const timer = setTimeout(() => worker.process.kill('SIGKILL'), patienceMs);
  await gone;
  clearTimeout(timer);
}

/** A process that has stopped serving has nothing more to hear from the one that started it. */
export function leaveWorkers(): void {
  cluster.worker?.disconnect();
}
