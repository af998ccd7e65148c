// Several server processes on one port. The process that was started does not serve: it starts the others, takes
// connections for them in turn, starts those again that have died, and ends them all.
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { settings, type Config } from '../config.ts';
import type { OnEvent } from '../events.ts';
import { stopSignal } from './stop-signal.ts';
import { addUpMetrics } from './worker-metrics.ts';

/** Whether this process was started by one that keeps several. */
export const isWorker = (): boolean => cluster.isWorker;

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
export async function keepWorkers(
  config: Config,
  onEvent: OnEvent,
  onServing: (address: { readonly port: number }) => void,
): Promise<void> {
  const converters = config.converters || Math.ceil(availableParallelism() / config.workers);
  const env = { [settings.converters.env]: String(converters) };
  if (config.port === 0) {
    // The system would choose another one for those that come when all have died.
    const port = await freePort(config.host);
    cluster.setupPrimary({ args: [...process.argv.slice(2), '--port', String(port)] });
  }
  addUpMetrics();
  const { promise: broken, reject } = Promise.withResolvers<never>();
  let stopping = false;
  let failures = 0;
  let listening = 0;
  const start = (): void => {
    const begun = performance.now();
    const worker = cluster.fork(env);
    worker.once('listening', (address) => {
      failures = 0;
      if (++listening === config.workers) onServing(address);
    });
    worker.once('exit', (code, signal) => {
      if (stopping) return;
      onEvent({ kind: 'workerEnded', pid: worker.process.pid ?? 0, reason: String(signal || code) });
      const short = performance.now() - begun < shortLifeMs;
      if (++failures >= mostFailures) return reject(new Error('The server processes end before they serve.'));
      setTimeout(() => stopping || start(), short ? shortLifeMs : 0);
    });
  };
  for (let i = 0; i < config.workers; i++) start();
  try {
    onEvent({ kind: 'stopping', signal: await Promise.race([stopSignal(), broken]) });
  } finally {
    stopping = true;
    await Promise.all(workers().map((worker) => end(worker, config.stopSeconds * 1000 + graceMs)));
  }
  onEvent({ kind: 'stopped' });
}

/** A port that nobody listens on. */
async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
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
