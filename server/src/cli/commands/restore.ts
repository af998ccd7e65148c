// `keystamp restore <file>`: a backup takes the place of the datastore.
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { Command } from 'commander';
import { verifyBackup } from '../../keeping/backup.ts';
import { restoreBackup } from '../../keeping/restore.ts';
import { copyIn, reachedNumbers } from '../../store/copy.ts';
import { hasDatastore } from '../../store/open.ts';
import { versionMargin } from '../../store/sql/write.ts';
import { loadModel } from '../load-model.ts';
import { progressSteps } from '../progress.ts';
import { configOf, placeOf, stepNames, whichDatabase, wholeNumber, type DatabaseFlags } from '../with-database.ts';

interface Flags extends DatabaseFlags {
  readonly replace?: boolean;
  readonly newId?: boolean;
  readonly check?: boolean;
  readonly margin: number;
}

export const restoreCommand = (): Command =>
  whichDatabase(
    new Command('restore')
      .description('put a backup in the place of the datastore; the server may be running')
      .argument('<file>', 'a backup')
      .option('--replace', 'take the place of a datastore that is there')
      .option('--new-id', 'give the datastore a new identity, so that clients drop their copies')
      .option(
        '--margin <number>',
        'how far numbers of changes and pictures go on; 0: nothing was given out since the backup',
        wholeNumber('--margin'),
        versionMargin,
      )
      .option('--check', 'only read the backup and say whether it is whole'),
  ).action(restore);

async function restore(file: string, flags: Flags): Promise<void> {
  const config = configOf(flags);
  const bars = progressSteps(stepNames);
  try {
    if (flags.check) {
      const { made, name } = verifyBackup(file, bars.step);
      bars.stop();
      return console.log(`${file}: a whole backup of ${name}, made ${made}`);
    }
    const place = placeOf(config);
    if (!flags.replace && (await hasDatastore(config)))
      throw new Error(`${place}: holds a datastore already; --replace puts the backup in its place`);
    const { model } = await loadModel(flags.model);
    mkdirSync(config.data, { recursive: true });
    const { manifest, globalStamp } = await restoreBackup(
      file,
      await reachedNumbers(config),
      { margin: flags.margin, newId: flags.newId ?? false },
      join(config.data, 'restore.part'),
      (from, onProgress) => copyIn(config, model, from, onProgress),
      bars.step,
    );
    bars.stop();
    console.log(`${place}: ${manifest.name} as of ${manifest.made}; the counter of changes is ${globalStamp}`);
  } finally {
    bars.stop();
  }
}
