// What a selection in memory is: a description that the database has not been asked for yet, or keys in order. It is
// evaluated once, when its members are first needed, and stays as it is then (spec 16 § 7).
import { fail } from '../errors.ts';
import { isCalculatedOrder, type Order } from '../query/order.ts';
import { all, allOf, type Predicate } from '../query/predicate.ts';
import type { Key, Selection, Window } from '../query/selection.ts';
import { currentCall } from './current-call.ts';
import type { ClassRuntime } from './class-runtime.ts';
import type { EntityState } from './entity-state.ts';
import { needsCode, settled } from './settle.ts';
import { findMembers } from './sort-members.ts';
import {
  allMembers,
  amongMembers,
  memberCount,
  membersBetween,
  membersOfKeys,
  memberTest,
  positionOf,
  type Members,
} from './members.ts';
import type { QueryExplanation } from './query-explanation.ts';
import { checkRead, readEntities, readEntityAt, readMembers } from './read.ts';

const held = Symbol('state');

/** The object of a selection that code holds. */
export interface SelectionHandle {
  readonly [held]: SelectionState;
}

/** The state of a selection, `undefined` for anything else. */
export const selectionStateOf = (value: unknown): SelectionState | undefined =>
  typeof value === 'object' && value !== null ? (value as Partial<SelectionHandle>)[held] : undefined;

/** What the database is to find. */
export interface Described {
  readonly kind: 'described';
  readonly selection: Selection;
  readonly window?: Window;
}

export type SelectionSource = Described | { readonly kind: 'made'; readonly make: () => Promise<Members> };

export interface SelectionTraits {
  /** It has an order of its own; otherwise its members stand in key order. */
  readonly ordered: boolean;
  /** Entities can be added. */
  readonly alterable: boolean;
}

/** Entities read at one time. */
const batch = 100;

export class SelectionState implements SelectionTraits {
  /** What code holds. */
  readonly handle: SelectionHandle;
  readonly of: ClassRuntime;
  readonly ordered: boolean;
  readonly alterable: boolean;
  readonly #source: SelectionSource;
  /** How the query that it is the answer to was answered. */
  explanation: QueryExplanation | undefined;
  #members: Promise<Members> | undefined;
  #altered = false;

  constructor(handle: object, of: ClassRuntime, source: SelectionSource, { ordered, alterable }: SelectionTraits) {
    this.handle = Object.defineProperty(handle, held, { value: this }) as SelectionHandle;
    this.of = of;
    this.#source = source;
    this.ordered = ordered;
    this.alterable = alterable;
  }

  /** The description, as long as nobody has asked for the members. */
  get description(): Selection | undefined {
    const { kind } = this.#source;
    return kind === 'described' && !this.#source.window && !this.#members && !needsCode(this.#source.selection)
      ? this.#source.selection
      : undefined;
  }

  /** An entity may be in it twice. */
  get mayRepeat(): boolean {
    return this.ordered && this.#altered;
  }

  members(): Promise<Members> {
    return (this.#members ??= this.#evaluate());
  }

  /**
   * Its members, or what finds them as long as nobody has asked for them: they need not be here to be stored.
   * @throws KeystampError 1557, and what code throws that answers for a part of it
   */
  async found(): Promise<Members | Described> {
    if (this.#members || this.#source.kind === 'made') return this.members();
    const { window } = this.#source;
    const selection = await settled(this.#source.selection);
    if (isCalculatedOrder(selection.order)) return (this.#members ??= findMembers(selection, window));
    checkRead(currentCall(), selection.dataClass);
    return { ...this.#source, selection };
  }

  async count(): Promise<number> {
    return memberCount(await this.members());
  }

  /** All keys in order. */
  async keys(): Promise<readonly Key[]> {
    return allMembers(this.of.def, await this.members());
  }

  async positionOf(key: Key): Promise<number> {
    return positionOf(await this.members(), key);
  }

  /** The entities of it, as a condition. */
  async predicate(): Promise<Predicate> {
    return this.description?.predicate ?? amongMembers(this.of.def, await this.members());
  }

  /** The entity at a position, a negative one counts from the end; nothing when it is gone. */
  async member(position: number): Promise<EntityState | undefined> {
    if (position === 0 && !this.#members && this.#source.kind === 'described') {
      const { selection, window } = this.#source;
      const ready = await settled(selection);
      if (!isCalculatedOrder(ready.order)) {
        const first = window?.top === 0 ? undefined : await readEntityAt(currentCall(), ready, window?.skip ?? 0);
        return first && this.of.stateFor(first, this, 0);
      }
    }
    const members = await this.members();
    const at = position < 0 ? memberCount(members) + position : position;
    const [key] = at < 0 ? [] : membersBetween(this.of.def, members, at, at + 1);
    const [stored] = key ? await readEntities(currentCall(), this.of.def, [key]) : [];
    return stored && this.of.stateFor(stored, this, at);
  }

  /** The entities from position `from` to before `to` that are still there, read a batch at a time. */
  async *each(from = 0, to = Infinity): AsyncGenerator<EntityState> {
    const members = await this.members();
    const end = Math.min(to, memberCount(members));
    for (let at = from; at < end; at += batch) {
      const keys = membersBetween(this.of.def, members, at, Math.min(at + batch, end));
      for (const [i, stored] of (await readEntities(currentCall(), this.of.def, keys)).entries())
        if (stored) yield this.of.stateFor(stored, this, at + i);
    }
  }

  async states(from = 0, to = Infinity): Promise<EntityState[]> {
    const found: EntityState[] = [];
    for await (const state of this.each(from, to)) found.push(state);
    return found;
  }

  /** The members that fulfil the predicate, in a new order if one is given. */
  narrowed(predicate: Predicate, order: Order | undefined): SelectionState {
    const { description } = this;
    const ordered = order !== undefined || this.ordered;
    if (description) {
      const selection = {
        ...description,
        predicate: allOf(description.predicate, predicate),
        order: order ?? description.order,
      };
      return this.#derived({ kind: 'described', selection }, ordered);
    }
    return this.#made(async (members) => {
      const selection = this.#among(members, predicate, order ?? []);
      const found = await findMembers(selection);
      return order === undefined && this.ordered ? this.#kept(members, memberTest(this.of.def, found)) : found;
    }, ordered);
  }

  /** The members from `start` to before `end`, positions that mean what they mean to arrays. */
  sliced(from: number, to?: number): SelectionState {
    const { description } = this;
    const [start, end] = [position(from), to === undefined ? undefined : position(to)];
    if (description && start >= 0 && (end === undefined || end >= 0)) {
      const window = { skip: start, ...(end !== undefined && { top: Math.max(0, end - start) }) };
      return this.#derived({ kind: 'described', selection: description, window }, this.ordered);
    }
    return this.#made(
      async (members) => this.#listed(allMembers(this.of.def, members).slice(start, end)),
      this.ordered,
    );
  }

  /** Those at the given positions, in that order. */
  picked(positions: readonly number[]): SelectionState {
    return this.#made(async (members) => {
      const keys = allMembers(this.of.def, members);
      return this.#listed(positions.map((position) => keys.at(position)).filter((key) => key !== undefined));
    }, true);
  }

  /** The members that are in the other selection too. */
  and(other: SelectionState): SelectionState {
    return this.#made(
      async (members) => this.#kept(members, memberTest(this.of.def, await other.members())),
      this.ordered,
    );
  }

  /** The members that are not in the other selection. */
  minus(other: SelectionState, keepOrder: boolean): SelectionState {
    return this.#made(async (members) => {
      const isOther = memberTest(this.of.def, await other.members());
      return this.#kept(members, (key) => !isOther(key));
    }, keepOrder && this.ordered);
  }

  /** The members of both, in key order. */
  or(other: SelectionState): SelectionState {
    return this.#made(async (members) => this.#inKeyOrder(members, await other.members()), false);
  }

  /** Its members without those that are gone. */
  cleaned(): SelectionState {
    return this.#made((members) => this.#existing(members), this.ordered);
  }

  /** Forgets the members that are gone. */
  async refresh(): Promise<void> {
    const members = await this.members();
    this.#members = this.#existing(members);
    await this.#members;
  }

  copied(): SelectionState {
    const source: SelectionSource = this.description ? this.#source : { kind: 'made', make: () => this.members() };
    return this.of.selection(source, { ordered: this.ordered, alterable: true });
  }

  /** @throws KeystampError 1637 for a shareable selection */
  add(other: () => Promise<Members>): void {
    if (!this.alterable) throw fail(1637);
    const before = this.members();
    const { def } = this.of;
    this.#altered = true;
    this.#members = (async () => {
      const [own, added] = [await before, await other()];
      if (!this.ordered) return this.#inKeyOrder(own, added);
      return this.#listed([...allMembers(def, own), ...allMembers(def, added)]);
    })();
    // Whoever uses the members hears of it.
    this.#members.catch(() => undefined);
  }

  async #evaluate(): Promise<Members> {
    if (this.#source.kind === 'made') return this.#source.make();
    const { selection, window } = this.#source;
    return findMembers(selection, window);
  }

  #derived(source: SelectionSource, ordered: boolean): SelectionState {
    return this.of.selection(source, { ordered, alterable: this.alterable });
  }

  #made(make: (members: Members) => Promise<Members>, ordered: boolean): SelectionState {
    return this.#derived({ kind: 'made', make: async () => make(await this.members()) }, ordered);
  }

  #kept(members: Members, keeps: (key: Key) => boolean): Members {
    return this.#listed(allMembers(this.of.def, members).filter(keeps));
  }

  #listed(keys: readonly Key[]): Members {
    return membersOfKeys(this.of.def, keys);
  }

  #among(members: Members, predicate: Predicate, order: Order): Selection {
    const { def } = this.of;
    return { dataClass: def, predicate: allOf(amongMembers(def, members), predicate), order };
  }

  async #existing(members: Members): Promise<Members> {
    const found = await readMembers(currentCall(), this.#among(members, all, []));
    return this.ordered ? this.#kept(members, memberTest(this.of.def, found)) : found;
  }

  async #inKeyOrder(a: Members, b: Members): Promise<Members> {
    const { def } = this.of;
    const parts = [amongMembers(def, a), amongMembers(def, b)];
    return readMembers(currentCall(), { dataClass: def, predicate: { kind: 'or', parts }, order: [] });
  }
}

/** A whole number that databases take: fractions are cut off, what is no number is 0, and no selection is endless. */
const position = (given: number): number =>
  Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Math.trunc(given) || 0, Number.MAX_SAFE_INTEGER));
