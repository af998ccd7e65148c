// `keystamp serve [model]`: opens the data, brings in the first data if there is none, and serves until told to stop.
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { readConfig, settings, type Config } from '../../config.ts';
import { printEvents } from '../../events.ts';
import { listen, refusesToListen, stop } from '../../http/listen.ts';
import { createServer } from '../../http/server.ts';
import { openKeystamp } from '../../keystamp.ts';
import { sow, sownSoFar } from '../../orm/sow.ts';
import { loadModel } from '../load-model.ts';
import { progressBar } from '../progress.ts';

interface Flags {
  readonly data?: string;
  readonly port?: number;
  readonly host?: string;
  readonly open?: boolean;
}

export function serveCommand(): Command {
  const port = (text: string): number => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < 0 || number > 65_535)
      throw new Error(`--port ${text}: a number from 0 to 65535 is expected`);
    return number;
  };
  return new Command('serve')
    .description('serve a model: a folder with model.ts, or a model file')
    .argument('[model]', 'folder or file of the model', '.')
    .option('--data <folder>', `${settings.data.meaning} (default: "${settings.data.default}")`)
    .addOption(
      new Option('--port <number>', `${settings.port.meaning} (default: ${settings.port.default})`).argParser(port),
    )
    .option('--host <address>', `${settings.host.meaning} (default: "${settings.host.default}")`)
    .option('--open', settings.open.meaning)
    .action(serve);
}

async function serve(path: string, flags: Flags): Promise<void> {
  const config = readConfig(flags, process.env);
  const refusal = refusesToListen(config);
  if (refusal !== undefined) throw new Error(refusal);
  const { model, seed } = await loadModel(path);
  const onEvent = printEvents(config);
  const keystamp = await openKeystamp(model, config, onEvent);
  try {
    const from = seed && (await sownSoFar(model, keystamp.services));
    if (seed && from !== undefined) {
      const bar = progressBar('First data', seed.total);
      try {
        await sow(seed, model, join(config.data, 'seed'), keystamp.services, bar.update, from);
      } finally {
        // Its timer would keep the process alive.
        bar.stop();
      }
    }
    await serveUntilStopped(keystamp, config, onEvent);
  } finally {
    await keystamp.close();
  }
}

async function serveUntilStopped(
  keystamp: Awaited<ReturnType<typeof openKeystamp>>,
  config: Config,
  onEvent: ReturnType<typeof printEvents>,
): Promise<void> {
  const signalled = new Promise<string>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
  const server = createServer(keystamp.handle, config);
  const url = await listen(server, config);
  onEvent({ kind: 'listening', url, data: config.data });
  console.log(`Keystamp serves ${url}${config.mount}`);
  onEvent({ kind: 'stopping', signal: await signalled });
  await stop(server, config);
  onEvent({ kind: 'stopped' });
}
