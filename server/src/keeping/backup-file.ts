// A backup: one SQLite file with the tables of the datastore, the bytes of its pictures among them, and a manifest that
// tells what must be in it. Any SQLite tool opens it; it can be restored on every engine.
import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { messageOf } from '../errors.ts';
import type { Value } from '../model/model.ts';
import type { Row } from '../store/engine.ts';
import {
  contentPartTable,
  contentTable,
  entitySetPartTable,
  entitySetTable,
  globalStampTable,
  lockTable,
  loginAttemptTable,
  metaTable,
  secretTable,
  sessionTable,
  uploadTable,
} from '../store/sql/columns.ts';
import { ident } from '../store/sql/sql.ts';
import { registerFunctions } from '../store/sqlite/functions.ts';

/** What a backup must hold. */
export interface Manifest {
  readonly format: 1;
  /** ISO time at which it was made. */
  readonly made: string;
  /** Name of the datastore. */
  readonly name: string;
  readonly uniqueId: string;
  /** The counter of changes. */
  readonly globalStamp: number;
  /** Tables of dataclasses that hold pictures or BLOBs. */
  readonly mediaTables: readonly string[];
  readonly tables: Readonly<Record<string, TableFacts>>;
  readonly contents: number;
  readonly contentBytes: number;
}

export interface TableFacts {
  readonly rows: number;
  /** SHA-256 of all rows in the order of their keys, hexadecimal. */
  readonly digest: string;
}

const manifestName = 'backup';

/** The file cannot be used as a backup; `faults` says why, one line each. */
export class BackupError extends Error {
  readonly faults: readonly string[];

  constructor(file: string, faults: readonly string[]) {
    super(`${file}: ${faults.length === 1 ? faults[0] : `\n  ${faults.join('\n  ')}`}`);
    this.name = 'BackupError';
    this.faults = faults;
  }
}

/** Told while the file is read: how much of how much. */
export type OnProgress = (done: number, total: number) => void;

export class BackupFile {
  readonly path: string;
  readonly database: Database.Database;

  /** @throws BackupError when it is no database */
  constructor(path: string, readonly = true) {
    this.path = path;
    try {
      this.database = new Database(path, { readonly, fileMustExist: true });
      // Indexes are on what they give.
      registerFunctions(this.database);
      this.database.prepare('SELECT count(*) FROM sqlite_schema').get();
    } catch (error) {
      throw new BackupError(path, [`cannot be opened (${messageOf(error)})`]);
    }
  }

  close(): void {
    this.database.close();
  }

  /** @throws BackupError when there is none, or one of a later format */
  manifest(): Manifest {
    let text: unknown;
    try {
      text = this.database.prepare(`SELECT value FROM ${metaTable.text} WHERE name = ?`).pluck().get(manifestName);
    } catch {
      text = undefined;
    }
    if (typeof text !== 'string') throw new BackupError(this.path, ['is no backup: it has no manifest']);
    const manifest = parsed(text);
    if (!manifest) throw new BackupError(this.path, ['is no backup: its manifest cannot be read']);
    if (manifest.format !== 1)
      throw new BackupError(this.path, [`was made by a later version (format ${String(manifest.format)})`]);
    return manifest;
  }

  setManifest(manifest: Manifest | undefined): void {
    this.database.prepare(`DELETE FROM ${metaTable.text} WHERE name = ?`).run(manifestName);
    if (manifest)
      this.database
        .prepare(`INSERT INTO ${metaTable.text} (name, value) VALUES (?, ?)`)
        .run(manifestName, JSON.stringify(manifest));
  }

  /** Takes away what belongs to sessions: who held a cookie must not hold it again after a restore. */
  dropSessions(): void {
    // What is deleted is overwritten: the file must not hold it any more.
    this.database.pragma('secure_delete = ON');
    this.database.transaction(() => {
      this.database.exec(
        `UPDATE ${contentTable.text} SET refs = refs - (SELECT count(*) FROM ${uploadTable.text} AS u WHERE u.hash = ${contentTable.text}.hash) WHERE hash IN (SELECT hash FROM ${uploadTable.text})`,
      );
      this.database.exec(
        `DELETE FROM ${contentPartTable.text} WHERE hash IN (SELECT hash FROM ${contentTable.text} WHERE refs <= 0)`,
      );
      this.database.exec(`DELETE FROM ${contentTable.text} WHERE refs <= 0`);
      for (const { text } of sessionTables) this.database.exec(`DELETE FROM ${text}`);
    })();
  }

  globalStamp(): number {
    return this.database.prepare<[], number>(`SELECT value FROM ${globalStampTable.text}`).pluck().get() ?? 1;
  }

  /** The tables whose rows count, in the order of their names. */
  tables(): readonly string[] {
    const names = this.database
      .prepare<[], string>(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
      )
      .pluck()
      .all();
    return names.filter((name) => !uncounted.has(name));
  }

  /**
   * Counts and digests the rows of all tables.
   * @param onProgress told in rows
   */
  describe(onProgress: OnProgress): Readonly<Record<string, TableFacts>> {
    const names = this.tables();
    const counts = names.map((name) => this.#count(name));
    const total = counts.reduce((sum, n) => sum + n, 0);
    let before = 0;
    const facts = names.map((name, i): [string, TableFacts] => {
      const digest = this.#digest(name, (done) => onProgress(before + done, total));
      before += counts[i] as number;
      onProgress(before, total);
      return [name, { rows: counts[i] as number, digest }];
    });
    return Object.fromEntries(facts);
  }

  /**
   * Reads every content and compares it with its hash.
   * @param onProgress told in bytes
   * @returns one line per content that is not whole
   */
  contentFaults(onProgress: OnProgress): {
    readonly faults: readonly string[];
    readonly contents: number;
    readonly bytes: number;
  } {
    const contents = this.database
      .prepare<[], { hash: Buffer; size: number }>(`SELECT hash, size FROM ${contentTable.text} ORDER BY hash`)
      .all();
    const total = contents.reduce((sum, { size }) => sum + size, 0);
    const parts = this.database
      .prepare<[Buffer], Buffer>(`SELECT bytes FROM ${contentPartTable.text} WHERE hash = ? ORDER BY part`)
      .pluck();
    const faults: string[] = [];
    let done = 0;
    for (const { hash, size } of contents) {
      const sha = createHash('sha256');
      let length = 0;
      for (const bytes of parts.iterate(hash)) {
        sha.update(bytes);
        length += bytes.length;
      }
      if (length !== size || !sha.digest().equals(hash)) faults.push(`content ${hash.toString('hex')} is damaged`);
      onProgress((done += size), total);
    }
    return { faults, contents: contents.length, bytes: total };
  }

  /** What SQLite finds wrong with the file itself. */
  integrityFaults(): readonly string[] {
    const lines = this.database.pragma('integrity_check(20)') as { integrity_check: string }[];
    return lines.map((line) => line.integrity_check).filter((line) => line !== 'ok');
  }

  /** The manifest is no part of what it describes. */
  #count(name: string): number {
    const others = name === metaTableName ? ` WHERE name <> '${manifestName}'` : '';
    return (
      this.database
        .prepare<[], number>(`SELECT count(*) FROM ${ident(name).text}${others}`)
        .pluck()
        .get() ?? 0
    );
  }

  #digest(name: string, onRows: (done: number) => void): string {
    const columns = this.database
      .prepare<[string], { name: string; pk: number }>('SELECT name, pk FROM pragma_table_xinfo(?) ORDER BY cid')
      .all(name);
    const list = (names: readonly string[]): string => names.map((each) => ident(each).text).join(', ');
    const key = columns
      .filter(({ pk }) => pk > 0)
      .toSorted((a, b) => a.pk - b.pk)
      .map((column) => column.name);
    // Bytes of contents are compared with their hashes already.
    const shown = columns
      .map((column) => column.name)
      .filter((column) => !(name === partTableName && column === 'bytes'));
    const rows = this.database
      .prepare<[], Value[]>(
        `SELECT ${list(shown)} FROM ${ident(name).text} ORDER BY ${key.length > 0 ? list(key) : 'rowid'}`,
      )
      .raw()
      .safeIntegers();
    const sha = createHash('sha256');
    let done = 0;
    for (const row of rows.iterate()) {
      if (name === metaTableName && row[0] === manifestName) continue;
      sha.update(JSON.stringify(row.map(printed)));
      if (++done % 5000 === 0) onRows(done);
    }
    return sha.digest('hex');
  }
}

/** Only its format is looked at; what else it says is compared with what is there. */
function parsed(text: string): Manifest | undefined {
  try {
    return (JSON.parse(text) as Manifest | null) ?? undefined;
  } catch {
    return undefined;
  }
}

const nameOf = (table: { readonly text: string }): string => table.text.slice(1, -1);
const partTableName = nameOf(contentPartTable);
const metaTableName = nameOf(metaTable);

/** Tables of sessions, and of who wanted one; empty in a backup. */
const sessionTables = [
  uploadTable, lockTable, entitySetTable, entitySetPartTable, sessionTable, secretTable, loginAttemptTable,
]; // oxfmt-ignore
const uncounted = new Set(sessionTables.map(nameOf));

/** A value as a text that no other value has. */
const printed = (value: Row[string]): unknown => {
  if (typeof value === 'bigint') return `i${value}`;
  if (value instanceof Uint8Array) return `b${Buffer.from(value).toString('base64')}`;
  return typeof value === 'string' ? `t${value}` : value;
};
