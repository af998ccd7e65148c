// A save that code of the author takes part in: setters of calculated attributes, then events, all inside the transaction
// (spec 15 § 10.7). The code sees one entity object with the changes in it, and may change it further.
import { randomUUID } from 'node:crypto';
import type { CodeEntry } from '../errors.ts';
import {
  isMedia,
  type AttributeDef,
  type CalculatedDef,
  type Json,
  type StorageDef,
  type Value,
} from '../model/model.ts';
import type { Key } from '../query/selection.ts';
import type { Change, MediaChange } from '../store/change.ts';
import type { Transaction } from '../store/engine.ts';
import type { StoredEntity } from '../store/sql/entity-row.ts';
import { attributeRefusal } from '../session/refusal.ts';
import { attributeResource } from '../session/sight.ts';
import { heldStatement, storedStatement } from '../store/sql/write.ts';
import { afterSave } from './aftermath.ts';
import { givenValue, isHeld } from './calculated-value.ts';
import { checkStored } from './check-stored.ts';
import { checkNew, checkValues, clearedBy } from './check-values.ts';
import type { CallContext } from './call-context.ts';
import { currentCall } from './current-call.ts';
import { askEvents, tellTouched } from './entity-events.ts';
import { assignAttribute } from './assign-attribute.ts';
import type { EntityState, Written } from './entity-state.ts';
import { codeFault } from './code-fault.ts';
import { changedMedia, type MediaInput } from './media-value.ts';
import { permitCreate, permitUpdate } from './permit.ts';
import { readSaved } from './read.ts';
import { saveLine } from './save-error.ts';
import { changeOf } from './state-change.ts';
import { runtimeOf } from './store-runtime.ts';
import { askerOf, completed, ofServer, storeEntity, type Saved, type WriteContext } from './write.ts';

/**
 * Creates or updates one entity with the code of its class. Runs in a call.
 * @throws SaveError as `storeEntity`, and for what the code refuses or throws
 */
export const saveWithCode = (tx: Transaction, change: Change, context: WriteContext): Promise<Saved> =>
  new CodedSave(tx, change, context).run();

class CodedSave {
  readonly #tx: Transaction;
  readonly #given: Change;
  readonly #context: WriteContext;
  readonly #call: CallContext = currentCall();
  readonly #outer: CodeEntry;
  /** The changes that pictures and BLOBs of the entity object were made of. */
  readonly #media = new Map<MediaInput, MediaChange>();

  constructor(tx: Transaction, change: Change, context: WriteContext) {
    this.#tx = tx;
    this.#given = change;
    this.#context = context;
    this.#outer = saveLine(change.dataClass, change.key);
  }

  async run(): Promise<Saved> {
    const { state } = this.#context;
    if (state) {
      this.#permit(state.stored);
      return this.#around(state, state.stored);
    }
    const { key, createMissing, dataClass } = this.#given;
    const stored = key && (await this.#lookUp(key));
    // There is nothing that code could see: the write tells why.
    if (key && !stored && !createMissing) return storeEntity(this.#tx, this.#given, this.#context);
    this.#permit(stored);
    const runtime = runtimeOf(this.#call.model).dataClassOf(dataClass);
    let made: EntityState;
    try {
      made = stored ? runtime.stateFor(stored) : runtime.newState((state) => this.#prepare(state));
      await this.#assign(made, stored, await this.#changing(made, stored));
    } catch (error) {
      throw codeFault(error, this.#outer, this.#call);
    }
    // Over REST nothing runs when nothing would change (spec 15 § 12).
    if (stored && !isEffective(made, stored)) return { key: stored.key, stamp: stored.stamp, changed: false };
    return this.#around(made, stored);
  }

  /** What is asked for must be allowed; what code adds to it is the server's own. @throws KeystampError 401 */
  #permit(stored: StoredEntity | undefined): void {
    const { access } = this.#context;
    if (!access) return;
    try {
      if (!stored) permitCreate(access, this.#given);
      else permitUpdate(access, this.#given, (attribute) => differs(this.#given, stored, attribute));
    } catch (error) {
      throw codeFault(error, this.#outer, this.#call);
    }
  }

  /**
   * The calculated attributes whose code is called: those that get another value than they have (spec 15 § 12). No permission
   * on what the code writes is needed.
   * @throws KeystampError 401: 1608 without permission to change one
   */
  async #changing(
    state: EntityState,
    stored: StoredEntity | undefined,
  ): Promise<readonly (readonly [CalculatedDef, Json])[]> {
    const { access } = this.#context;
    const action = stored ? 'update' : 'create';
    const changing: (readonly [CalculatedDef, Json])[] = [];
    for (const [attribute, value] of this.#given.calculated ?? []) {
      if (stored && (await isHeld(state, attribute, value))) continue;
      const { owner, name } = attribute;
      if (access && !access.may(action, attributeResource(attribute))) throw attributeRefusal(action, owner.name, name);
      changing.push([attribute, value]);
    }
    return changing;
  }

  /** Lock and stamp come first for clients: a stale one must get the answer that lets it merge. */
  async #lookUp(key: Key): Promise<StoredEntity | undefined> {
    const { dataClass, stamp } = this.#given;
    await this.#tx.lock(heldStatement(dataClass, key));
    const row = await this.#tx.row(storedStatement(dataClass, key, [], askerOf(this.#context)));
    if (!row) return undefined;
    checkStored(row, { dataClass, key, stamp }, this.#outer);
    return this.#read(key);
  }

  #read(key: Key): Promise<StoredEntity> {
    return readSaved(this.#tx, this.#given.dataClass, key, this.#call.services.engine.dialect);
  }

  /** What a new entity has before any code sees it. */
  #prepare(state: EntityState): void {
    const { dataClass, key } = this.#given;
    for (const attribute of dataClass.storage)
      if (attribute.autogenerate) state.values.set(attribute, randomUUID().replaceAll('-', '').toUpperCase());
    if (key) for (const [i, part] of dataClass.key.entries()) state.values.set(part, key[i] as Value);
  }

  /** Puts the given values into the entity object; those that are there already are not assigned (spec 15 § 12). */
  async #assign(
    state: EntityState,
    stored: StoredEntity | undefined,
    calculated: readonly (readonly [CalculatedDef, Json])[],
  ): Promise<void> {
    const { dataClass, values, media, targets } = this.#given;
    const touched: AttributeDef[] = [];
    for (const [attribute, value] of values) {
      if (stored && stored.value(attribute) === value) continue;
      state.values.set(attribute, value);
      touched.push(attribute);
    }
    for (const { relation } of targets) if (state.values.has(relation.foreignKey)) state.targets.add(relation);
    for (const [attribute, change] of media) {
      if (change.kind === 'clear' && stored && !stored.media(attribute)) continue;
      const input = change.kind === 'clear' ? null : changedMedia(change, attribute.type === 'image');
      if (input) this.#media.set(input, change);
      state.media.set(attribute, input);
      touched.push(attribute);
    }
    for (const attribute of dataClass.attributes.values())
      if (attribute.kind === 'relatedEntity' ? touched.includes(attribute.foreignKey) : touched.includes(attribute))
        tellTouched(state, attribute);
    for (const [attribute, value] of calculated) assignAttribute(state, attribute, givenValue(attribute, value));
    await state.code.settled();
  }

  /** Constraints and events, then the write; an error of any of them ends it. */
  async #around(state: EntityState, stored: StoredEntity | undefined): Promise<Saved> {
    const { purpose } = this.#context;
    const told = purpose ? undefined : afterSave(state, this.#call);
    state.code.isBusy = true;
    try {
      await state.code.settled();
      this.#check(await this.#change(state), stored);
      if (purpose !== 'refresh') await askEvents('validateSave', state, touchedBy(state, this.#given));
      if (!purpose) await askEvents('saving', state, touchedBy(state, this.#given));
      const saved = await this.#write(state, stored);
      told?.succeed(await this.#read(saved.key), saved.written);
      return saved;
    } catch (error) {
      const failure = codeFault(error, this.#outer, this.#call);
      told?.fail(failure);
      throw failure;
    } finally {
      state.code.isBusy = false;
    }
  }

  async #write(state: EntityState, stored: StoredEntity | undefined): Promise<Saved & { readonly written: Written }> {
    await state.code.settled();
    const written = state.toWrite();
    const change = await this.#change(state);
    if (stored && change.values.size === 0 && change.media.size === 0)
      return { key: stored.key, stamp: stored.stamp, changed: false, written };
    return { ...(await storeEntity(this.#tx, change, ofServer(this.#context))), written };
  }

  async #change(state: EntityState): Promise<Change> {
    const { values, media, targets } = await changeOf(state, this.#call, this.#media);
    const { dataClass, key, stamp, createMissing } = this.#given;
    return {
      dataClass,
      ...(key && { key }),
      ...(stamp !== undefined && { stamp }),
      ...(createMissing && { createMissing }),
      values,
      media,
      targets,
    };
  }

  #check(change: Change, stored: StoredEntity | undefined): void {
    const { strict } = this.#context;
    if (!stored) return checkNew({ ...change, values: completed(change) }, this.#outer, this.#context);
    const changed = [...change.values].filter(([attribute, value]) => stored.value(attribute) !== value);
    const others = strict ? change.dataClass.storage.filter((each) => !isMedia(each) && !change.values.has(each)) : [];
    const untouched = others.map((each): readonly [StorageDef, Value] => [each, stored.value(each)]);
    const cleared = clearedBy(change.media).filter(([attribute]) => stored.media(attribute));
    checkValues([...changed, ...cleared, ...untouched], this.#outer, this.#context);
  }
}

function differs({ values, media }: Change, stored: StoredEntity, attribute: StorageDef): boolean {
  const to = media.get(attribute);
  if (to) return to.kind === 'set' || stored.media(attribute) !== undefined;
  return stored.value(attribute) !== values.get(attribute);
}

const isEffective = (state: EntityState, stored: StoredEntity): boolean => {
  state.noticeObjects();
  return state.media.size > 0 || [...state.values].some(([attribute, value]) => stored.value(attribute) !== value);
};

/** The attributes whose events are asked: a relation beside its foreign key, calculated ones that were given. */
function touchedBy(state: EntityState, { calculated }: Change): ReadonlySet<AttributeDef> {
  const names = new Set(state.touchedNames());
  const { attributes } = state.def;
  return new Set([...attributes.values()].filter((each) => names.has(each.name) || (each.kind === 'calculated' && calculated?.has(each)))); // oxfmt-ignore
}
