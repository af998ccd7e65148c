// Opens the data of models, brings in the first data if there is none, and serves until told to stop.
import { join } from 'node:path';
import { mountsOf, type Config } from '../config.ts';
import { printEvents, type OnEvent } from '../events.ts';
import { servesExplorer } from '../http/explorer.ts';
import { isProtected, listen, listenWithOthers, refusesToListen, stop, urlOf } from '../http/listen.ts';
import { createMetrics, type Metrics } from '../http/metrics.ts';
import { createServer } from '../http/server.ts';
import { checkWebFolder } from '../http/web-folder.ts';
import { openKeystamp, openKeystamps, type Part } from '../keystamp.ts';
import type { Model } from '../model/model.ts';
import type { Seed } from '../model/seed.ts';
import { Roles } from '../session/roles.ts';
import { sow, sownSoFar } from '../orm/sow.ts';
import { collectHeapLessOften } from './heap-growth.ts';
import { metricsOfAll } from './worker-metrics.ts';
import { isWorker, keepWorkers, leaveWorkers, tellServing } from './workers.ts';
import { stopSignal } from './stop-signal.ts';
import type { LoadedModel } from './load-model.ts';
import { loadRoles } from './load-roles.ts';

/**
 * Serves them in this process, or has others do so.
 * @throws Error when the settings, the data or the port do not allow it
 */
export async function serveModels(loaded: readonly LoadedModel[], config: Config): Promise<void> {
  collectHeapLessOften();
  const print = printEvents(config);
  const metrics = config.metrics === 'off' ? undefined : createMetrics();
  const onEvent: OnEvent = metrics
    ? (event) => {
        metrics.onEvent(event);
        print(event);
      }
    : print;
  // Code of an author that forgets to wait for something must not end the server.
  process.on('unhandledRejection', (cause) => onEvent({ kind: 'rejectionForgotten', cause }));
  const roles = new Map(loaded.map(({ model, folder }) => [model, loadRoles(model, folder, config, onEvent)]));
  const rolesOf = (model: Model): Roles => roles.get(model) ?? new Roles();
  const isSafe = isProtected(config, [...roles.values()]);
  const refusal = refusesToListen(config, isSafe);
  if (refusal !== undefined) throw new Error(refusal);
  checkWebFolder(config);
  const models = loaded.map(({ model }) => model);
  const [only, ...others] = models as [Model];
  const keystamp = await (others.length > 0
    ? openKeystamps(models, config, onEvent, Date.now, rolesOf)
    : openKeystamp(only, config, onEvent, Date.now, rolesOf));
  try {
    for (const [i, { seed }] of loaded.entries()) if (seed) await sowFirst(seed, keystamp.parts[i] as Part);
    if (config.workers < 2 || isWorker()) await serveUntilStopped(keystamp, config, onEvent, metrics, isSafe);
  } finally {
    await keystamp.close();
  }
  if (isWorker()) leaveWorkers();
  else if (config.workers > 1) await serveByWorkers(config, onEvent);
}

/** The data are prepared; each process opens them for itself. */
const serveByWorkers = (config: Config, onEvent: OnEvent): Promise<void> =>
  keepWorkers(config, onEvent, (port) => printServing(urlOf(config.host, port), config));

function printServing(url: string, config: Config): void {
  console.log(`Keystamp serves ${url}${mountsOf(config)[0]}`);
  if (servesExplorer(config)) console.log(`The explorer is at ${url}/${config.web === '' ? '' : 'explorer/'}`);
}

/** Brings in the first data, or goes on with it when it was broken off. */
async function sowFirst(seed: Seed, { model, services }: Part): Promise<void> {
  const from = await sownSoFar(model, services);
  if (from === undefined) return;
  const { progressBar } = await import('./progress.ts');
  const bar = progressBar('First data', seed.total);
  try {
    await sow(seed, model, join(services.config.data, 'seed'), services, bar.update, from);
  } finally {
    // Its timer would keep the process alive.
    bar.stop();
  }
}

async function serveUntilStopped(
  keystamp: Awaited<ReturnType<typeof openKeystamp>>,
  config: Config,
  onEvent: OnEvent,
  metrics: Metrics | undefined,
  isSafe: boolean,
): Promise<void> {
  const signalled = stopSignal();
  const names = keystamp.parts.map(({ model }) => model.name);
  const shown = metrics && isWorker() ? { ...metrics, text: metricsOfAll(metrics.registry) } : metrics;
  const models = names.length > 1 ? names : [];
  const server = createServer(keystamp.handle, config, {
    ...(shown && { metrics: shown }),
    models,
    isProtected: isSafe,
  });
  const url = await (isWorker() ? listenWithOthers : listen)(server, config);
  onEvent({ kind: 'listening', url, data: config.data });
  if (isWorker()) tellServing();
  else printServing(url, config);
  onEvent({ kind: 'stopping', signal: await signalled });
  await stop(server, config);
  onEvent({ kind: 'stopped' });
}
