// What the database is and was made with, as introspection reads it.
/** A table as the database has it now: lower-case column names. */
export interface ExistingTable {
  readonly columns: ReadonlySet<string>;
  /** The columns of the primary key; none for a table that was made without one. */
  readonly key: ReadonlySet<string>;
}

/** What the database knows of itself. */
export interface ExistingSchema {
  /** A name as the database keeps it: in lower case, shortened where it takes no long ones. */
  readonly stored: (name: string) => string;
  /** All tables, as they are kept. */
  readonly names: readonly string[];
  /** All indexes, as they are kept. */
  readonly indexes: ReadonlySet<string>;
  readonly table: (name: string) => ExistingTable | undefined;
  /** `dataclass.attribute` → the printed type when the table was made, for instance `date simpleDate`. */
  readonly attributes: ReadonlyMap<string, string>;
}
