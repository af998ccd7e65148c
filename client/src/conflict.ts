// A save that came too late: the entity was changed by another since it was read.
import type { AnyEntity } from './entity.ts';
import { StampError, type KeystampError } from './errors.ts';

export interface Conflict {
  readonly mine: Readonly<Record<string, unknown>>;
  readonly theirs: AnyEntity;
  readonly resolve: (choice: 'theirs' | 'mine' | Readonly<Record<string, unknown>>) => Promise<AnyEntity>;
}

/** Thrown by `save`. Nothing was stored; the entity still holds what was set in it, `mine` also what was given to the save. */
export class ConflictError extends StampError {
  override name = 'ConflictError';
  /** What was to be saved: the changed attributes alone. */
  readonly mine: Readonly<Record<string, unknown>>;
  /** The entity as it is stored now. */
  readonly theirs: AnyEntity & Readonly<Record<string, unknown>>;
  readonly #resolve: Conflict['resolve'];

  constructor(error: KeystampError, { mine, theirs, resolve }: Conflict) {
    const { status, entries, outcome, method, url } = error;
    super({ status, entries, method, url, cause: error.cause, ...(outcome && { outcome }) });
    this.mine = mine;
    this.theirs = theirs as ConflictError['theirs'];
    this.#resolve = resolve;
  }

  /**
   * Ends the conflict: `theirs` gives the entity the stored values and drops mine; `mine` saves my changes over the
   * stored entity, whose other attributes stay as they are; an object saves these values instead.
   * @returns the entity
   * @throws ConflictError when it was changed once more
   */
  resolve(choice: 'theirs' | 'mine' | Readonly<Record<string, unknown>>): Promise<AnyEntity> {
    return this.#resolve(choice);
  }
}
