// `keystamp backup <file>`: everything at one moment in one file, while the server writes.
import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { makeBackup } from '../../keeping/backup.ts';
import { copyOut } from '../../store/copy.ts';
import { progressSteps } from '../progress.ts';
import { dataOf, stepNames, whichDatabase, type DatabaseFlags } from '../with-database.ts';

interface Flags extends DatabaseFlags {
  readonly replace?: boolean;
}

export const backupCommand = (): Command =>
  whichDatabase(
    new Command('backup')
      .description('save records, pictures and BLOBs of one moment in one file; the server may be running')
      .argument('<file>', 'the backup to make')
      .option('--replace', 'take the place of a file of that name'),
  ).action(backUp);

async function backUp(file: string, flags: Flags): Promise<void> {
  const { model, config } = await dataOf(flags);
  if (existsSync(file) && !flags.replace) throw new Error(`${file}: is there already; --replace takes its place`);
  const bars = progressSteps(stepNames);
  try {
    const made = await makeBackup(
      (to, onProgress) => copyOut(config, model, to, onProgress),
      model,
      file,
      new Date(),
      bars.step,
    );
    bars.stop();
    const rows = Object.values(made.tables).reduce((sum, table) => sum + table.rows, 0);
    console.log(`${file}: ${rows} rows, ${made.contents} pictures and BLOBs (${made.contentBytes} bytes), checked`);
  } finally {
    bars.stop();
  }
}
