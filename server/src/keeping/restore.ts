// `keystamp restore`: a backup takes the place of the datastore. What was given out since the backup was made is not
// known any more, so every number that clients keep goes on from a place that was never reached.
import { randomBytes } from 'node:crypto';
import { copyFileSync, rmSync } from 'node:fs';
import { numbersIn, type Reached } from '../store/copy.ts';
import { globalStampColumn } from '../store/global-stamps.ts';
import { baseColumn, globalStampTable, metaTable, tombstoneTable } from '../store/sql/columns.ts';
import { uniqueIdName } from '../store/sql/meta.ts';
import { ident } from '../store/sql/sql.ts';
import { moveStatement } from '../store/sql/write.ts';
import { verifyBackup, type OnStep } from './backup.ts';
import { BackupFile, type Manifest, type OnProgress } from './backup-file.ts';

export interface RestoreOptions {
  /**
   * How far numbers go on from those of the backup; 0: nothing was given out since the backup was made, all stays as it
   * was.
   */
  readonly margin: number;
  /** The datastore gets a new identity, so that clients drop what they have. */
  readonly newId: boolean;
}

export interface Restored {
  readonly manifest: Manifest;
  readonly globalStamp: number;
}

/**
 * Puts a backup in the place of a datastore.
 * @param reached of the datastore that goes
 * @param workFile is made and taken away
 * @param write puts the tables of a SQLite file in the place of those of the datastore, in one transaction
 * @throws BackupError when the backup is not whole; then nothing has changed
 */
export async function restoreBackup(
  file: string,
  reached: Reached,
  options: RestoreOptions,
  workFile: string,
  write: (from: string, onProgress: OnProgress) => Promise<void>,
  onStep: OnStep,
): Promise<Restored> {
  const manifest = verifyBackup(file, onStep);
  try {
    copyFileSync(file, workFile);
    const globalStamp = goOn(workFile, manifest, reached, options);
    await write(workFile, onStep('write'));
    return { manifest, globalStamp };
  } finally {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${workFile}${suffix}`, { force: true });
  }
}

/**
 * Moves the numbers of a copy of the backup on: by the margin from the backup's, or from where an earlier restore had moved
 * those of the datastore that goes. A backup that is restored twice gives no number twice.
 * @returns its counter then
 */
function goOn(path: string, manifest: Manifest, reached: Reached, { margin, newId }: RestoreOptions): number {
  const backup = new BackupFile(path, false);
  const { database } = backup;
  try {
    database.transaction(() => {
      backup.setManifest(undefined);
      if (newId)
        database
          .prepare(`UPDATE ${metaTable.text} SET value = ? WHERE name = '${uniqueIdName}'`)
          .run(randomBytes(16).toString('hex').toUpperCase());
      if (margin === 0) return;
      const saved = numbersIn(database);
      moveCounter(database, Math.max(manifest.globalStamp, reached.globalStamp) + margin);
      moveVersions(database, manifest, Math.max(0, reached.versions - saved.versions) + margin);
    })();
    return backup.globalStamp();
  } finally {
    backup.close();
  }
}

type Database = BackupFile['database'];

/**
 * All entities get a number that no client has seen, so that copies get back what is stored again; of deletions nothing
 * is known below it (spec 17 §§ 7.2, 7.3).
 */
function moveCounter(database: Database, value: number): void {
  const column = ident(globalStampColumn).text;
  const tracked = database
    .prepare<[string], string>(
      "SELECT m.name FROM sqlite_schema AS m, pragma_table_xinfo(m.name) AS x WHERE m.type = 'table' AND x.name = ?",
    )
    .pluck()
    .all(globalStampColumn);
  for (const table of tracked) database.prepare(`UPDATE ${ident(table).text} SET ${column} = ?`).run(value);
  database.prepare(`UPDATE ${globalStampTable.text} SET value = ?, pruned = ?`).run(value + 1, value);
}

/** A picture's number must never come again with other bytes, nor for an entity that was made since (spec 10 § 2.7). */
function moveVersions(database: Database, { mediaTables }: Manifest, by: number): void {
  const base = ident(baseColumn).text;
  for (const table of mediaTables) {
    const name = ident(table).text;
    database.prepare(`UPDATE ${name} SET ${base} = ${base} + ?`).run(by);
  }
  database.prepare(`UPDATE ${tombstoneTable.text} SET version = version + ?`).run(by);
  const { text, params } = moveStatement(by, new Date().toISOString());
  database.prepare(text).run(...params);
}
