// How much disk the entity sets of all processes take: what the database said last, and what this process has made since.
import { failHttp } from '../errors.ts';
import type { Engine, Row } from '../store/engine.ts';
import { spaceStatement } from '../store/sql/entity-set.ts';

export class SetSpace {
  readonly #engine: Engine;
  readonly #most: number;
  #bytes: number | undefined;
  #sets = 0;

  /** @param most bytes that all sets may take */
  constructor(engine: Engine, most: number) {
    this.#engine = engine;
    this.#most = most;
  }

  /** Is there room for a set of so many bytes? */
  async hasRoom(bytes: number): Promise<boolean> {
    if (this.#bytes === undefined) await this.measure();
    return (this.#bytes ?? 0) + bytes <= this.#most;
  }

  /**
   * A set will take so many bytes.
   * @throws KeystampError 429 when there is no room for it
   */
  take(bytes: number): void {
    const taken = (this.#bytes ?? 0) + bytes;
    if (taken > this.#most) throw failHttp(429, 'the entity sets take too much space');
    this.#bytes = taken;
    this.#sets++;
  }

  /** A set that was to take them does not. */
  giveBack(bytes: number): void {
    this.#bytes = (this.#bytes ?? 0) - bytes;
    this.#sets--;
  }

  /** Looks anew. */
  async measure(): Promise<void> {
    const row = (await this.#engine.row(spaceStatement(this.#sets))) as Row;
    this.#sets = Number(row['sets']);
    this.#bytes = Number(row['bytes']);
  }
}
