// `keystamp import <from> [folder]`: brings the data of a running server, or of an exported folder, into a model folder.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { readConfig, settings } from '../../config.ts';
import { printEvents } from '../../events.ts';
import { openFolder } from '../../exchange/folder-source.ts';
import { importData, type Imported } from '../../exchange/import-data.ts';
import { RemoteServer, type Credentials } from '../../exchange/remote-server.ts';
import { openRemote } from '../../exchange/remote-source.ts';
import type { Source } from '../../exchange/source.ts';
import { openKeystamp } from '../../keystamp.ts';
import type { DataClassDef } from '../../model/model.ts';
import { printDefinition } from '../../model/print-definition.ts';
import { loadModel, modelFile } from '../load-model.ts';
import { progressBar, type Progress } from '../progress.ts';

interface Flags extends Credentials {
  readonly data?: string;
  readonly merge?: boolean;
}

const passwordVariable = 'KEYSTAMP_IMPORT_PASSWORD';
/** More lines than that are counted. */
const printedLosses = 50;

export function importCommand(): Command {
  return new Command('import')
    .description('bring in all data of a running server that speaks this API, or of a folder made by export')
    .argument('<from>', 'URL of the server, with its mount (http://old.example/rest), or the folder')
    .argument('[folder]', 'folder of the model; a model file is written when it has none', '.')
    .option('--data <folder>', `${settings.data.meaning} (default: "${settings.data.default}")`)
    .option('--merge', 'into a database that holds entities already; those of the same key are replaced')
    .option('--user <name>', 'logs in with this name')
    .option('--password <password>', `its password; better in the environment, as ${passwordVariable}`)
    .option('--api-key <key>', 'sent with every request')
    .addHelpText('after', '\nAn import that was broken off goes on where it was when it is started again.')
    .action(run);
}

async function run(from: string, folder: string, flags: Flags): Promise<void> {
  const { user, password = process.env[passwordVariable], apiKey, merge = false, ...rest } = flags;
  const config = readConfig(rest, process.env);
  const source = await open(from, {
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(apiKey !== undefined && { apiKey }),
  });
  if (!modelFile(folder)) writeModel(folder, from, source);
  const { model } = await loadModel(folder);
  const keystamp = await openKeystamp(model, config, printEvents(config));
  let bar: Progress | undefined;
  try {
    const progress = {
      begin: ({ name }: DataClassDef, total: number) => {
        bar?.stop();
        bar = progressBar(name, total);
      },
      update: (done: number) => bar?.update(done),
    };
    const imported = await importData(source, model, keystamp.services, progress, merge);
    bar?.stop();
    report(imported);
  } finally {
    bar?.stop();
    await keystamp.close();
  }
}

async function open(from: string, credentials: Credentials): Promise<Source> {
  if (!/^https?:/.test(from)) return openFolder(from);
  const server = new RemoteServer(from, credentials);
  await server.login(credentials);
  return openRemote(server);
}

function writeModel(folder: string, from: string, { definition }: Source): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'model.ts');
  if (existsSync(file)) return;
  writeFileSync(file, printDefinition(definition, [`The model as it was found at ${from}.`]));
  console.log(`Wrote ${file}`);
}

function report({ counts, losses }: Imported): void {
  for (const [name, count] of counts) console.log(`${name}: ${count} entities`);
  if (losses.length === 0) return console.log('Everything could be carried.');
  console.log(`Not carried (${losses.length}):`);
  for (const line of losses.slice(0, printedLosses)) console.log(`  ${line}`);
  if (losses.length > printedLosses) console.log(`  and ${losses.length - printedLosses} more`);
}
