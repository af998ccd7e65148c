// Bytes that are missing or damaged in the datastore, from a backup that has them.
import { createHash } from 'node:crypto';
import type { Value } from '../model/model.ts';
import type { Transaction } from '../store/engine.ts';
import { contentPartTable, contentTable } from '../store/sql/columns.ts';
import { ident, join, sql } from '../store/sql/sql.ts';
import { BackupFile } from './backup-file.ts';

export class ContentSupply {
  readonly #backup: BackupFile;

  /** @throws BackupError when it is no backup */
  constructor(path: string) {
    this.#backup = new BackupFile(path);
    this.#backup.manifest();
  }

  /**
   * Puts the bytes of a content, and its row when that is missing, where they belong.
   * @returns false when the backup does not have them either
   */
  async restore(tx: Transaction, hash: Uint8Array): Promise<boolean> {
    const { database } = this.#backup;
    const row = database
      .prepare<[Uint8Array], Record<string, Value>>(`SELECT * FROM ${contentTable.text} WHERE hash = ?`)
      .get(hash);
    const parts = database
      .prepare<[Uint8Array], Buffer>(`SELECT bytes FROM ${contentPartTable.text} WHERE hash = ? ORDER BY part`)
      .pluck()
      .all(hash);
    const sha = createHash('sha256');
    for (const part of parts) sha.update(part);
    if (!row || !sha.digest().equals(hash)) return false;
    await tx.run(sql`DELETE FROM ${contentPartTable} WHERE hash = ${hash}`);
    for (const [part, bytes] of parts.entries())
      await tx.run(sql`INSERT INTO ${contentPartTable} (hash, part, bytes) VALUES (${hash}, ${part}, ${bytes})`);
    if (await tx.row(sql`SELECT 1 AS found FROM ${contentTable} WHERE hash = ${hash}`)) {
      await tx.run(sql`UPDATE ${contentTable} SET size = ${row['size'] as Value} WHERE hash = ${hash}`);
      return true;
    }
    const names = Object.keys(row);
    const values = join(
      names.map((name) => sql`${row[name] as Value}`),
      ', ',
    );
    await tx.run(sql`INSERT INTO ${contentTable} (${join(names.map(ident), ', ')}) VALUES (${values})`);
    return true;
  }

  close(): void {
    this.#backup.close();
  }
}
