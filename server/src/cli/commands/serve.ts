// `keystamp serve [models…]`: what it is told, and the models it serves.
import { Command } from 'commander';
import { readConfig, settings } from '../../config.ts';
import { loadModel, modelSources, type LoadedModel } from '../load-model.ts';
import { isWatched, serveWatching, tellSources } from '../watch.ts';

interface Flags {
  readonly data?: string;
  readonly database?: string;
  readonly port?: string;
  readonly workers?: string;
  readonly host?: string;
  readonly open?: boolean;
  readonly allowedHosts?: string;
  readonly roles?: string;
  readonly rolesErrors?: string;
  readonly web?: string;
  readonly watch?: boolean;
}

export function serveCommand(): Command {
  return new Command('serve')
    .description('serve a model, a folder with model.ts or a model file; or several, the first one at the root')
    .argument('[models...]', 'folders or files of the models', ['.'])
    .option('--data <folder>', `${settings.data.meaning} (default: "${settings.data.default}")`)
    .option('--port <number>', `${settings.port.meaning} (default: ${settings.port.default})`)
    .option('--database <url>', settings.database.meaning)
    .option('--workers <number>', `${settings.workers.meaning} (default: ${settings.workers.default})`)
    .option('--host <address>', `${settings.host.meaning} (default: "${settings.host.default}")`)
    .option('--open', settings.open.meaning)
    .option('--allowed-host, --allowed-hosts <names>', settings.allowedHosts.meaning)
    .option('--roles <file>', settings.roles.meaning)
    .option('--roles-errors <what>', settings.rolesErrors.meaning)
    .option('--web <folder>', settings.web.meaning)
    .option('--watch', 'start again whenever a file of a model, or its roles file, changes')
    .action(serve);
}

async function serve(paths: readonly string[], { watch, ...flags }: Flags): Promise<void> {
  const config = readConfig(flags, process.env);
  if (watch) return serveWatching(paths, config.roles);
  const loaded: LoadedModel[] = [];
  try {
    for (const path of paths) loaded.push(await loadModel(path));
  } finally {
    if (isWatched()) tellSources(modelSources());
  }
  // Nine tenths of the program: who made a mistake in the settings or the model hears of it at once.
  const { serveModels } = await import('../serve-models.ts');
  await serveModels(loaded, config);
}
