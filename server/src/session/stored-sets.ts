// The keys of entity sets as the database holds them: short lists in one piece, long ones in parts.
import { keyListParts, type KeyList } from '../query/key-list.ts';
import type { Engine, Row } from '../store/engine.ts';
import {
  endSets,
  makeSetStatements,
  partBytes,
  partsStatement,
  removeSetStatements,
  type StoredSet,
} from '../store/sql/entity-set.ts';
import { sql } from '../store/sql/sql.ts';

/** What must be known of a set to find its keys. */
export type StoredKeys = Pick<StoredSet, 'content' | 'kind' | 'members' | 'bytes'>;

export class StoredSets {
  readonly #engine: Engine;
  readonly #loading = new Map<string, Promise<KeyList | undefined>>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** A short list goes with the next commit; a long one is written apart, part by part. */
  async add(set: StoredSet, keys: KeyList): Promise<void> {
    const parts = keyListParts(keys, partBytes);
    const statements = makeSetStatements(set, parts);
    if (parts.length > 1) return this.#engine.writeApart(statements);
    await this.#engine.write(async (tx) => {
      for (const statement of statements) await tx.run(statement);
    });
  }

  /** @param over rows of the sets */
  async remove(over: readonly Row[]): Promise<void> {
    const contents = over.map((row) => String(row['content']));
    const short = over.filter((row) => Number(row['parts']) <= 1);
    await this.#engine.write(async (tx) => {
      for (const content of contents) await tx.run(endSets(sql`content = ${content}`));
      for (const row of short)
        for (const statement of removeSetStatements(String(row['content']), 1)) await tx.run(statement);
    });
    const apart = over
      .filter((row) => !short.includes(row))
      .flatMap((row) => removeSetStatements(String(row['content']), Number(row['parts'])));
    if (apart.length > 0) await this.#engine.writeApart(apart);
  }

  /** The keys of a set, read once for all who wait for them; `undefined` when it is gone. */
  keys({ content, kind, members, bytes }: StoredKeys): Promise<KeyList | undefined> {
    let loading = this.#loading.get(content);
    if (!loading) {
      loading = this.#engine
        .storedKeys(partsStatement(content, bytes), kind, members)
        .finally(() => this.#loading.delete(content));
      this.#loading.set(content, loading);
    }
    return loading;
  }
}
