// The only door for deletes: locks, stamp, what becomes of entities that point here, contents, tombstone.
import { isMedia, type DataClassDef, type RelatedEntityDef, type StorageDef, type Value } from '../model/model.ts';
import { printKey } from '../query/print-key.ts';
import type { Key } from '../query/selection.ts';
import { releaseContent } from '../store/content.ts';
import { ConstraintError, type Row, type Transaction } from '../store/engine.ts';
import { recordDeletion } from '../store/global-stamps.ts';
import { seeingAll } from '../store/restricted.ts';
import { baseColumn, stampColumn } from '../store/sql/columns.ts';
import { entityRowStatement, keyOfRow, storedEntity } from '../store/sql/entity-row.ts';
import { dropLockStatement } from '../store/sql/lock.ts';
import { forgetWords } from '../store/sql/word-index.ts';
import {
  buryStatement,
  deleteStatements,
  heldStatement,
  lockColumn,
  pointingStatement,
  storedStatement,
} from '../store/sql/write.ts';
import { afterDrop } from './aftermath.ts';
import { checkStored } from './check-stored.ts';
import { currentCall } from './current-call.ts';
import { askEvents } from './entity-events.ts';
import type { EntityState } from './entity-state.ts';
import { codeFault } from './code-fault.ts';
import { permitDrop } from './permit.ts';
import { dropLine, refused, SaveError } from './save-error.ts';
import { saveEntity } from './save.ts';
import { runtimeOf } from './store-runtime.ts';
import { askerOf, ofServer, type WriteContext } from './write.ts';

/**
 * Deletes one entity, releases its contents and leaves a tombstone, so that no version number comes twice. Entities whose
 * relation leads to it follow the `onDrop` of that relation.
 * @throws SaveError 1543 when it is missing, 1518 when it is locked, its stamp has changed, or others point to it
 */
export async function deleteEntity(
  tx: Transaction,
  dataClass: DataClassDef,
  key: Key,
  stamp: number | undefined,
  context: WriteContext,
): Promise<void> {
  if (context.access) permitDrop(context.access, dataClass);
  return new Drop(tx, context).one(dataClass, key, stamp, context.state);
}

/** Whether code takes part when an entity of the class is dropped, or of a class that goes or changes with it. */
export function hasDropCode(dataClass: DataClassDef, seen = new Set<DataClassDef>()): boolean {
  if (dataClass.events) return true;
  seen.add(dataClass);
  return dataClass.onTargetDrop.some(({ owner }) => !seen.has(owner) && hasDropCode(owner, seen));
}

/** One drop with all that it takes along. */
class Drop {
  readonly #tx: Transaction;
  readonly #context: WriteContext;
  /** Entities that are being dropped, so that relations in a circle come to an end. */
  readonly #going = new Set<string>();

  constructor(tx: Transaction, context: WriteContext) {
    this.#tx = tx;
    this.#context = ofServer(context);
  }

  /** @param state the entity object of code that drops it: its events come before lock and stamp */
  async one(dataClass: DataClassDef, key: Key, stamp?: number, state?: EntityState): Promise<void> {
    const { events } = dataClass;
    if (!events) return this.#remove(dataClass, key, stamp);
    const call = currentCall();
    const dropped = state ?? (await this.#stateOf(dataClass, key, stamp));
    const told = afterDrop(dropped, call);
    dropped.code.isBusy = true;
    try {
      await askEvents('validateDrop', dropped);
      await askEvents('dropping', dropped);
      await this.#remove(dataClass, key, stamp);
      told?.succeed();
    } catch (error) {
      const failure = codeFault(error, dropLine(dataClass, key), call);
      told?.fail(failure);
      throw failure;
    } finally {
      dropped.code.isBusy = false;
    }
  }

  /** The entity as its events see it, when it may be dropped at all. */
  async #stateOf(dataClass: DataClassDef, key: Key, stamp: number | undefined): Promise<EntityState> {
    const { model, services } = currentCall();
    await this.#check(dataClass, key, stamp, []);
    const row = await this.#tx.row(seeingAll(entityRowStatement(dataClass, key, services.engine.dialect)));
    return runtimeOf(model)
      .dataClassOf(dataClass)
      .stateFor(storedEntity(dataClass, row as Row));
  }

  async #check(
    dataClass: DataClassDef,
    key: Key,
    stamp: number | undefined,
    attributes: readonly StorageDef[],
  ): Promise<Row> {
    // What is released and buried must be what is there when the row goes.
    await this.#tx.lock(heldStatement(dataClass, key));
    const statement = storedStatement(dataClass, key, attributes, askerOf(this.#context));
    // What goes along with another entity goes whether the asker can see it or not.
    const row = await this.#tx.row(this.#going.size > 0 ? seeingAll(statement) : statement);
    if (!row) throw refused(404, 5, [{ code: 1543, args: [printKey(key), dataClass.name] }]);
    checkStored(row, { dataClass, key, stamp }, dropLine(dataClass, key));
    return row;
  }

  async #remove(dataClass: DataClassDef, key: Key, stamp: number | undefined): Promise<void> {
    const [tx, context] = [this.#tx, this.#context];
    const media = dataClass.storage.filter(isMedia);
    const row = await this.#check(dataClass, key, stamp, media);
    this.#going.add(nameOf(dataClass, key));
    for (const relation of dataClass.onTargetDrop) await this.#related(relation, key);
    for (const attribute of media) {
      const held = row[attribute.column];
      if (held !== null) await releaseContent(tx, held as Uint8Array);
    }
    for (const attribute of dataClass.storage)
      if (attribute.keywords) await forgetWords(tx, attribute, key[0] as Value);
    try {
      for (const statement of deleteStatements(dataClass, key)) await tx.run(statement);
    } catch (error) {
      // Rows of another program's tables point to it.
      if (!(error instanceof ConstraintError)) throw error;
      throw refused(400, 4, [...error.entries, dropLine(dataClass, key)], error);
    }
    if (row[lockColumn] !== null) await tx.run(dropLockStatement(dataClass, key));
    const highest = Number(row[baseColumn]) + Number(row[stampColumn]);
    const time = new Date(context.now()).toISOString();
    await tx.run(buryStatement(dataClass, key, highest, time));
    if (dataClass.tracking === 'changes') await recordDeletion(tx, dataClass, key, time);
  }

  /** What becomes of the entities whose relation leads to the one that goes (spec 15 § 6.6). */
  async #related(relation: RelatedEntityDef, key: Key): Promise<void> {
    const pointing = await this.#pointing(relation, key);
    if (pointing.length === 0) return;
    const { owner, foreignKey, name } = relation;
    try {
      switch (relation.onDrop) {
        case 'leave':
          return;
        case 'refuse':
          throw refused(400, 4, [
            { code: 1518, args: [printKey(key), relation.target.name, `${owner.name}.${name} leads to it`] },
          ]);
        case 'null':
          for (const each of pointing) {
            const values = new Map([[foreignKey, null]]);
            await saveEntity(
              this.#tx,
              { dataClass: owner, key: each, values, media: new Map(), targets: [] },
              this.#context,
            );
          }
          return;
        case 'cascade':
          for (const each of pointing) await this.one(owner, each);
          return;
        default:
          return relation.onDrop satisfies never;
      }
    } catch (error) {
      throw relation.onDrop !== 'refuse' && error instanceof SaveError
        ? error.within(1518, printKey(key), relation.target.name)
        : error;
    }
  }

  async #pointing({ owner, foreignKey }: RelatedEntityDef, key: Key): Promise<readonly Key[]> {
    const rows = await this.#tx.rows(seeingAll(pointingStatement(owner, foreignKey, key[0] as Value)));
    return rows.map((row) => keyOfRow(owner, row)).filter((each) => !this.#going.has(nameOf(owner, each)));
  }
}

const nameOf = ({ name }: DataClassDef, key: Key): string => `${name} ${printKey(key)}`;
