// One connection to the database file with its prepared statements.
import Database from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import type { Value } from '../../model/model.ts';
import type { Row } from '../engine.ts';
import { registerFunctions } from './functions.ts';
import { hideParameters } from './hidden-parameters.ts';
import type { Pace } from './pace.ts';
import type { Reach } from './reach.ts';
import { tablesRead, tableWritten } from '../tables-of.ts';

/** How long a process waits for another one's write before it gives up. */
const busyTimeoutMs = 20_000;
const keptStatements = 500;

/** A prepared statement and what has been found out about it. */
export class Prepared {
  readonly text: string;
  readonly statement: Database.Statement<Value[], Row>;
  /** How far it reaches; unknown until it is asked, and again when tables have grown. */
  reach?: Reach;
  /** Of a statement whose time only trying tells. */
  pace?: Pace;
  #writes: string | undefined;
  #reads: ReadonlySet<string> | undefined;

  constructor(text: string, statement: Database.Statement<Value[], Row>) {
    this.text = text;
    this.statement = statement;
  }

  /** The tables it reads. */
  get reads(): ReadonlySet<string> {
    return (this.#reads ??= new Set([...tablesRead(this.text).values()].flat()));
  }

  /** The table it writes, see `tableWritten`. */
  get writes(): string {
    return (this.#writes ??= tableWritten(this.text));
  }
}

export interface ConnectionOptions {
  readonly readonly?: boolean;
  /** Where sorting goes that does not fit in the cache. */
  readonly sortIn: 'memory' | 'files';
  /** Pages that are kept in memory, kibibytes; what is sorted may take as much. */
  readonly cacheKb?: number;
}

/** A small database has room in it as a whole. */
const usualCacheKb = 64 * 1024;

export class Connection {
  readonly database: Database.Database;
  readonly #rows = new LRUCache<string, Prepared>({ max: keptStatements });
  readonly #columns = new LRUCache<string, Database.Statement<Value[], Value>>({ max: keptStatements });

  constructor(file: string, { readonly = false, sortIn, cacheKb = usualCacheKb }: ConnectionOptions) {
    this.database = new Database(file, { timeout: busyTimeoutMs, readonly });
    if (!readonly) this.database.pragma('journal_mode = WAL');
    this.database.pragma('synchronous = FULL');
    this.database.pragma('foreign_keys = OFF');
    this.database.pragma(`cache_size = -${cacheKb}`);
    this.database.pragma(`temp_store = ${sortIn === 'memory' ? 'MEMORY' : 'FILE'}`);
    registerFunctions(this.database);
  }

  /** The statement, prepared once per text. */
  prepared(text: string): Prepared {
    let found = this.#rows.get(text);
    if (!found) {
      found = new Prepared(text, this.database.prepare<Value[], Row>(hideParameters(text)));
      this.#rows.set(text, found);
    }
    return found;
  }

  /** The first column of all rows. */
  column(text: string, params: readonly Value[]): readonly Value[] {
    let statement = this.#columns.get(text);
    if (!statement) {
      statement = this.database.prepare<Value[], Value>(hideParameters(text)).pluck();
      this.#columns.set(text, statement);
    }
    return statement.all(...params);
  }

  /** Tables have grown or shrunk: how far statements reach must be asked anew. */
  forgetReach(): void {
    for (const prepared of this.#rows.values()) delete prepared.reach;
  }
}
