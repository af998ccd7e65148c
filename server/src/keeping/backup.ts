// `keystamp backup`: a copy of everything at one moment, checked before it gets its name.
import { renameSync, rmSync } from 'node:fs';
import { messageOf } from '../errors.ts';
import { isMedia, type Model } from '../model/model.ts';
import { metaTable } from '../store/sql/columns.ts';
import { uniqueIdName } from '../store/sql/meta.ts';
import { BackupError, BackupFile, type Manifest, type OnProgress } from './backup-file.ts';

/** The steps of making or reading a backup; each tells its progress. */
export type Step = 'copy' | 'rows' | 'bytes' | 'write';

export type OnStep = (step: Step) => OnProgress;

/**
 * Makes a backup file.
 * @param copy writes the datastore, as it is at one moment, into a new SQLite file
 * @param file takes the place of one that is there
 * @throws BackupError when what was copied is not whole; then there is no file
 */
export async function makeBackup(
  copy: (to: string, onProgress: OnProgress) => Promise<void>,
  model: Model,
  file: string,
  now: Date,
  onStep: OnStep,
): Promise<Manifest> {
  const unfinished = `${file}.part`;
  rmSync(unfinished, { force: true });
  try {
    await copy(unfinished, onStep('copy'));
    const manifest = finish(unfinished, model, now, onStep);
    renameSync(unfinished, file);
    return manifest;
  } finally {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${unfinished}${suffix}`, { force: true });
  }
}

function finish(path: string, model: Model, now: Date, onStep: OnStep): Manifest {
  const backup = new BackupFile(path, false);
  try {
    // One file, with nothing beside it.
    backup.database.pragma('journal_mode = DELETE');
    backup.dropSessions();
    const { faults, contents, bytes } = backup.contentFaults(onStep('bytes'));
    const all = [...backup.integrityFaults(), ...faults];
    if (all.length > 0) throw new BackupError('the datastore is not sound; keystamp fsck tells more', all);
    const meta = backup.database
      .prepare<[string], string>(`SELECT value FROM ${metaTable.text} WHERE name = ?`)
      .pluck();
    const manifest: Manifest = {
      format: 1,
      made: now.toISOString(),
      name: model.name,
      uniqueId: meta.get(uniqueIdName) ?? '',
      globalStamp: backup.globalStamp(),
      mediaTables: [...model.dataClasses.values()]
        .filter(({ storage }) => storage.some(isMedia))
        .map(({ table }) => table),
      tables: backup.describe(onStep('rows')),
      contents,
      contentBytes: bytes,
    };
    backup.setManifest(manifest);
    return manifest;
  } finally {
    backup.close();
  }
}

/**
 * Reads a backup whole.
 * @throws BackupError with everything that is not as the manifest says
 */
export function verifyBackup(path: string, onStep: OnStep): Manifest {
  const backup = new BackupFile(path);
  try {
    const manifest = backup.manifest();
    const { faults, contents } = backup.contentFaults(onStep('bytes'));
    const found = backup.describe(onStep('rows'));
    const names = new Set([...Object.keys(manifest.tables), ...Object.keys(found)]);
    const tableFaults = [...names].flatMap((name) => {
      const [is, must] = [found[name], manifest.tables[name]];
      if (!is) return [`table ${name} is missing`];
      if (!must) return [`table ${name} is not in the manifest`];
      if (is.rows !== must.rows) return [`table ${name} has ${is.rows} rows instead of ${must.rows}`];
      return is.digest === must.digest ? [] : [`table ${name} has other rows than when it was saved`];
    });
    if (contents !== manifest.contents) tableFaults.push(`${contents} contents instead of ${manifest.contents}`);
    const all = [...backup.integrityFaults(), ...faults, ...tableFaults];
    if (all.length > 0) throw new BackupError(path, all);
    return manifest;
  } catch (error) {
    // Where its tables or its pages are not what they were, SQLite itself says so.
    throw error instanceof BackupError ? error : new BackupError(path, [`cannot be read (${messageOf(error)})`]);
  } finally {
    backup.close();
  }
}
