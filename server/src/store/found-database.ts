// What an existing database holds, as an engine's introspection tells it, before it becomes a model.
import type { Json, StorageType } from '../model/model.ts';

export interface FoundColumn {
  readonly name: string;
  /** The type as the database declares it. */
  readonly declared: string;
  /** Absent: it cannot be served, `why` says so. */
  readonly type?: StorageType;
  readonly simpleDate?: boolean;
  /** Its type in SQL, where it is not the one that Keystamp would make. */
  readonly columnType?: string;
  readonly why?: string;
  readonly notNull: boolean;
  /** The database works it out; nobody writes it. */
  readonly generated: boolean;
  /** A default of the database: its value when that is a plain one, `random` when it is a UUID of its own. */
  readonly byDefault?: { readonly value?: Json; readonly random?: true };
  /** Characters that the database takes at most. */
  readonly maxLength?: number;
}

export interface FoundForeignKey {
  readonly columns: readonly string[];
  readonly table: string;
  /** The columns of the other table. */
  readonly to: readonly string[];
}

export interface FoundTable {
  readonly name: string;
  readonly columns: readonly FoundColumn[];
  /** Columns of the primary key, in its order; none when there is none. */
  readonly key: readonly string[];
  /** The database numbers new rows. */
  readonly numbersItself: boolean;
  readonly foreignKeys: readonly FoundForeignKey[];
  /** Columns with an index of their own, as its first or only column. */
  readonly indexed: ReadonlySet<string>;
  /** Columns whose values differ. */
  readonly unique: ReadonlySet<string>;
}

export interface FoundDatabase {
  /** Name of the database, for the datastore. */
  readonly name: string;
  readonly tables: readonly FoundTable[];
  /** What is there and cannot be served, one line each. */
  readonly leftOut: readonly string[];
}
