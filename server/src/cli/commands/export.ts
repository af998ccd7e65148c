// `keystamp export <folder>`: writes all data as JSON Lines or CSV, with pictures and BLOBs as files.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { exportData } from '../../exchange/export-data.ts';
import { manifestName, type Format } from '../../exchange/manifest.ts';
import { progressBar, type Progress } from '../progress.ts';
import { whichDatabase, withDatabase, type DatabaseFlags } from '../with-database.ts';

interface Flags extends DatabaseFlags {
  readonly format: Format;
}

export function exportCommand(): Command {
  const command = new Command('export')
    .description('write all data into a folder: a file per dataclass, pictures and BLOBs as files beside them')
    .argument('<folder>', 'a folder that holds no export yet')
    .addOption(
      new Option('--format <format>', 'of the files with the entities').choices(['jsonl', 'csv']).default('jsonl'),
    );
  return whichDatabase(command).action(run);
}

async function run(folder: string, { format, ...flags }: Flags): Promise<void> {
  if (existsSync(join(folder, manifestName))) throw new Error(`${folder}: holds an export already`);
  await withDatabase(flags, async ({ engine, model }) => {
    let bar: Progress | undefined;
    try {
      const { classes } = await exportData(model, engine, folder, format, {
        begin: (total) => (bar = progressBar('Export', total)),
        update: (done) => bar?.update(done),
      });
      bar?.stop();
      for (const { name, count, file } of classes) console.log(`${name}: ${count} entities in ${join(folder, file)}`);
    } finally {
      bar?.stop();
    }
  });
}
