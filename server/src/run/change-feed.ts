// The changes of a datastore, read in the order of their numbers. Readers that stand at the same place share what is read.
import { LRUCache } from 'lru-cache';
import type { Config } from '../config.ts';
import type { DataClassDef, StorageDef } from '../model/model.ts';
import type { ChangesPlan, FollowedClass } from '../plan/changes-plan.ts';
import type { Order } from '../query/order.ts';
import type { Comparison } from '../query/operators.ts';
import type { Predicate } from '../query/predicate.ts';
import type { ChangeSignal } from '../store/change-signal.ts';
import type { Engine, Row } from '../store/engine.ts';
import { pageStatement } from '../store/sql/select.ts';
import type { Change, ChangeBatch } from './outcome.ts';
import { Places } from './places.ts';

const keptBatches = 64;

export class ChangeFeed {
  readonly signal: ChangeSignal;
  readonly places: Places;
  readonly #perBatch: number;
  readonly #batches = new LRUCache<string, Promise<ChangeBatch>>({ max: keptBatches });

  constructor(signal: ChangeSignal, { changesPerBatch, maxChangeReaders }: Config) {
    this.signal = signal;
    this.places = new Places(maxChangeReaders);
    this.#perBatch = changesPerBatch;
  }

  /** How many follow, or are about to. */
  get readers(): number {
    return this.places.taken;
  }

  /**
   * What happened from a number on: all up to the counter, or as much as one batch holds.
   * @param engine the database as the reader may see it
   */
  async next(plan: ChangesPlan, from: number, engine: Engine): Promise<ChangeBatch> {
    const { value: to, pruned } = this.signal.known;
    // Deletions from there on are forgotten, or the counter was set back: nobody can tell what the reader has missed.
    if (from > to || (from <= pruned && from > 0))
      return { changes: [{ kind: 'reload', number: to - 1 }], position: to };
    if (!plan.shared) return this.#read(plan, from, to, engine);
    const name = `${plan.name}|${from}|${to}|${this.signal.setBacks}`;
    let batch = this.#batches.get(name);
    if (!batch) {
      this.#batches.set(name, (batch = this.#read(plan, from, to, engine)));
      batch.catch(() => this.#batches.delete(name));
    }
    return batch;
  }

  async #read({ classes, deletions }: ChangesPlan, from: number, to: number, engine: Engine): Promise<ChangeBatch> {
    const parts = await Promise.all([
      ...classes.map(async (followed) => {
        const rows = await this.#rows(followed, range(followed.number, from, to), engine);
        return this.#part(followed.dataClass, rows, to, ({ __GlobalStamp, ...entity }) => savedIn(followed, Number(__GlobalStamp), entity)); // oxfmt-ignore
      }),
      ...(deletions
        ? [
            this.#rows(deletions, deletedOf(deletions, classes, from, to), engine).then((rows) =>
              this.#part(deletions.dataClass, rows, to, ({ __Stamp, __PrimaryKey, __TableName }) => ({
                kind: 'deleted',
                number: Number(__Stamp),
                dataClass: String(__TableName),
                key: String(__PrimaryKey),
              })),
            ),
          ]
        : []),
    ]);
    const position = Math.min(...parts.map(({ until }) => until));
    const changes = parts.flatMap((part) => part.changes).filter(({ number }) => number < position);
    return { changes: changes.toSorted((a, b) => a.number - b.number), position };
  }

  /** One more than fit into a batch, so that it is seen whether there are more. */
  async #rows(
    { dataClass, columns, number }: FollowedClass,
    predicate: Predicate,
    engine: Engine,
  ): Promise<readonly ChangeRow[]> {
    const order: Order = [{ steps: [], attribute: number, objectPath: [], descending: false }];
    const { dialect } = engine;
    const page = pageStatement({ dataClass, predicate, order }, { kind: 'entities', columns }, 0, this.#perBatch + 1, dialect); // oxfmt-ignore
    const { entities } = (await engine.row(page)) as Row;
    return entities === null
      ? []
      : (JSON.parse(`[${Buffer.from(entities as Uint8Array).toString('utf8')}]`) as ChangeRow[]);
  }

  /** What of the rows is complete: all, or those below the number of the one too many. */
  #part(dataClass: DataClassDef, rows: readonly ChangeRow[], to: number, read: (row: ChangeRow) => Change): Part {
    const changes = rows.map(read);
    if (rows.length <= this.#perBatch) return { changes, until: to };
    const last = (changes.at(-1) as Change).number;
    const complete = changes.filter(({ number }) => number < last);
    if (complete.length > 0) return { changes: complete, until: last };
    // A command gave all entities of the class one number: they are many, and reading the class is quicker.
    return { changes: [{ kind: 'reload', number: last, dataClass: dataClass.name }], until: last + 1 };
  }
}

/** A row as its JSON. */
type ChangeRow = Readonly<Record<string, unknown>>;

interface Part {
  readonly changes: readonly Change[];
  /** All changes below this number are in it. */
  readonly until: number;
}

const savedIn = ({ dataClass }: FollowedClass, number: number, entity: ChangeRow): Change => ({
  kind: 'saved',
  number,
  dataClass: dataClass.name,
  entity: { ...entity, __GlobalStamp: number },
});

const compare = (attribute: StorageDef, comparison: Comparison, value: number): Predicate => ({
  kind: 'test',
  attribute,
  test: { kind: 'compare', comparison, value },
});

const range = (number: StorageDef, from: number, to: number): Predicate => ({
  kind: 'and',
  parts: [compare(number, '>=', from), compare(number, '<', to)],
});

function deletedOf(
  { dataClass, number }: FollowedClass,
  classes: readonly FollowedClass[],
  from: number,
  to: number,
): Predicate {
  const attribute = dataClass.attributes.get('__TableName') as StorageDef;
  const values = classes.map((followed) => followed.dataClass.name);
  return {
    kind: 'and',
    parts: [range(number, from, to), { kind: 'test', attribute, test: { kind: 'identity', values, negated: false } }],
  };
}
