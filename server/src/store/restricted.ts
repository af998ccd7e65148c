// Row filters (spec 15 § 9): an engine through which a request sees the entities that its session may see, and no others.
// Every statement that reads gets, in front of it, a definition of each filtered dataclass under the name of its table:
// wherever the statement names the table, at any depth, it reads what the definition lets through. No door can forget it.
import { LRUCache } from 'lru-cache';
import type { DataClassDef } from '../model/model.ts';
import { oncePer } from '../model/once-per.ts';
import type { KeyFacts, KeyKind, KeyList } from '../query/key-list.ts';
import { keysOf, type Predicate } from '../query/predicate.ts';
import type { Key } from '../query/selection.ts';
import type { Engine, Executor, KeyRange, Row, SetKeys, Snapshot, Transaction, Unit } from './engine.ts';
import type { SqlDialect } from './sql/dialect.ts';
import type { StoredSet } from './sql/entity-set.ts';
import { compilePredicate } from './sql/predicate.ts';
import { ident, join, sql, Sql } from './sql/sql.ts';

/** Which entities exist for the asker. */
export interface Restrictions {
  /** The dataclasses with a filter. */
  readonly classes: readonly DataClassDef[];
  /** What an entity of that class must fulfil; asked once per class. */
  predicateOf(dataClass: DataClassDef): Promise<Predicate>;
}

/** A statement with more in sight than the row filters let through. */
class SeeingSql extends Sql {
  readonly more: 'all' | { readonly dataClass: DataClassDef; readonly key: Key };

  constructor(statement: Sql, more: SeeingSql['more']) {
    super(statement.text, statement.params, statement);
    this.more = more;
  }
}

/** The same statement over all entities, for what must hold for all of them, whoever asks. */
export const seeingAll = (statement: Sql): Sql => new SeeingSql(statement, 'all');

/** The same statement with one more entity in sight: who has just saved it is shown it once (spec 15 § 9.4). */
export const alsoSeeing = (statement: Sql, dataClass: DataClassDef, key: Key): Sql =>
  new SeeingSql(statement, { dataClass, key });

/** The same executor over all entities. */
export const executorSeeingAll = (executor: Executor): Executor => ({
  rows: (statement) => executor.rows(seeingAll(statement)),
  row: (statement) => executor.row(seeingAll(statement)),
});

const reads = /^SELECT\b/;

const keptTexts = 2000;
const named = oncePer(
  (_classes: readonly DataClassDef[]) => new LRUCache<string, readonly DataClassDef[]>({ max: keptTexts }),
);

/** The classes among these that a statement reads; most statements come again and again, and their texts are long. */
function classesIn(text: string, classes: readonly DataClassDef[]): readonly DataClassDef[] {
  const known = named(classes);
  let found = known.get(text);
  if (!found) {
    found = reads.test(text) ? classes.filter(({ table }) => text.includes(ident(table).text)) : [];
    known.set(text, found);
  }
  return found;
}

/** The statement over the entities that the restrictions let through. At once where they do not touch it. */
function restrict(statement: Sql, restrictions: Restrictions, dialect: SqlDialect): Sql | Promise<Sql> {
  const more = statement instanceof SeeingSql ? statement.more : undefined;
  if (more === 'all') return statement;
  const classes = classesIn(statement.text, restrictions.classes);
  return classes.length === 0 ? statement : throughViews(statement, classes, more, restrictions, dialect);
}

async function throughViews(
  statement: Sql,
  classes: readonly DataClassDef[],
  more: Exclude<SeeingSql['more'], 'all'> | undefined,
  { predicateOf }: Restrictions,
  dialect: SqlDialect,
): Promise<Sql> {
  const views: Sql[] = [];
  for (const dataClass of classes) {
    const predicate = await predicateOf(dataClass);
    if (predicate.kind === 'all') continue;
    const wider: Predicate =
      more?.dataClass === dataClass ? { kind: 'or', parts: [predicate, keysOf(dataClass, [more.key])] } : predicate;
    views.push(view(dataClass, wider, dialect));
  }
  if (views.length === 0) return statement;
  // How many rows it visits is no longer known: those that are hidden count too.
  const { text, params } = sql`WITH ${join(views, ', ')} ${statement}`;
  return new Sql(text, params, statement.reader && { reader: statement.reader });
}

/** Inside, tables go by their full names: a filter sees all entities (spec 15 § 9.5). */
function view({ table }: DataClassDef, predicate: Predicate, dialect: SqlDialect): Sql {
  const condition = compilePredicate(predicate, 'r', dialect, dialect.schema);
  return sql`${ident(table)} AS NOT MATERIALIZED (SELECT * FROM ${dialect.schema}.${ident(table)} AS "r" WHERE ${condition})`;
}

class RestrictedExecutor<E extends Executor> implements Executor {
  protected readonly base: E;
  protected readonly restrictions: Restrictions;
  readonly dialect: SqlDialect;

  constructor(base: E, restrictions: Restrictions, dialect: SqlDialect) {
    this.base = base;
    this.restrictions = restrictions;
    this.dialect = dialect;
  }

  rows(statement: Sql): Promise<readonly Row[]> {
    const seen = this.restricted(statement);
    return seen instanceof Sql ? this.base.rows(seen) : seen.then((known) => this.base.rows(known));
  }

  row(statement: Sql): Promise<Row | undefined> {
    const seen = this.restricted(statement);
    return seen instanceof Sql ? this.base.row(seen) : seen.then((known) => this.base.row(known));
  }

  protected restricted(statement: Sql): Sql | Promise<Sql> {
    return restrict(statement, this.restrictions, this.dialect);
  }
}

class RestrictedTransaction extends RestrictedExecutor<Transaction> implements Transaction {
  run(statement: Sql): Promise<number> {
    return this.base.run(statement);
  }

  attempt<T>(work: () => Promise<T>): Promise<T> {
    return this.base.attempt(work);
  }

  /** Rows of a table itself can be held alone; holding a hidden one tells nothing. */
  lock(statement: Sql): Promise<void> {
    return this.base.lock(statement);
  }

  keyGiven(dataClass: DataClassDef, key: Key): Promise<void> {
    return this.base.keyGiven(dataClass, key);
  }
}

class RestrictedSnapshot extends RestrictedExecutor<Snapshot> implements Snapshot {
  damages(): Promise<readonly string[]> {
    return this.base.damages();
  }
}

/** What one request sees of the database. */
export class RestrictedEngine extends RestrictedExecutor<Engine> implements Engine {
  constructor(base: Engine, restrictions: Restrictions) {
    super(base, restrictions, base.dialect);
  }

  async write<T>(work: Unit<T>): Promise<T> {
    await this.#known();
    return this.base.write((transaction) => work(this.#within(transaction)));
  }

  async writeEach<T>(units: readonly Unit<T>[]): Promise<readonly PromiseSettledResult<T>[]> {
    await this.#known();
    return this.base.writeEach(
      units.map(
        (work): Unit<T> =>
          (transaction) =>
            work(this.#within(transaction)),
      ),
    );
  }

  async transact<T>(work: Unit<T>): Promise<T> {
    await this.#known();
    return this.base.transact((transaction) => work(this.#within(transaction)));
  }

  snapshot<T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    return this.base.snapshot((snapshot) => work(new RestrictedSnapshot(snapshot, this.restrictions, this.dialect)));
  }

  async keys(statement: Sql, among?: KeyList): Promise<KeyList> {
    return this.base.keys(await this.restricted(statement), among);
  }

  async setOf(statement: Sql, shown: KeyRange, asSet: (found: KeyFacts) => StoredSet): Promise<SetKeys> {
    return this.base.setOf(await this.restricted(statement), shown, asSet);
  }

  async storedKeys(statement: Sql, kind: KeyKind, count: number): Promise<KeyList | undefined> {
    return this.base.storedKeys(await this.restricted(statement), kind, count);
  }

  async total(statement: Sql): Promise<number> {
    return this.base.total(await this.restricted(statement));
  }

  writeApart(statements: readonly Sql[]): Promise<void> {
    return this.base.writeApart(statements);
  }

  /** Of the data; another request may see other entities in the same version. */
  dataVersion(): number | undefined {
    return this.base.dataVersion();
  }

  refresh(): void {
    this.base.refresh();
  }

  close(): Promise<void> {
    return this.base.close();
  }

  #within(transaction: Transaction): Transaction {
    return new RestrictedTransaction(transaction, this.restrictions, this.dialect);
  }

  /** The author's code has run before others have to wait for the transaction; its faults are told to who asks. */
  async #known(): Promise<void> {
    const { classes, predicateOf } = this.restrictions;
    await Promise.allSettled(classes.map((dataClass) => predicateOf(dataClass)));
  }
}
