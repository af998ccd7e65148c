// Clients that keep a copy of the tracked classes, as the mobile clients do (spec 17 §§ 5.1, 5.2).
import { trackedNames } from './model.ts';
import type { Entity, List, SyncServer } from './sync-server.ts';

/** The copy: entities by dataclass and key, without what is of no use in a copy. */
export type Copy = ReadonlyMap<string, Map<string, string>>;

export const emptyCopy = (): Copy => new Map(trackedNames.map((name) => [name, new Map<string, string>()]));

function keep(copy: Copy, name: string, entity: Entity): void {
  copy.get(name)?.set(entity.__KEY, JSON.stringify(entity));
}

function drop(copy: Copy, deletions: readonly Entity[]): void {
  for (const row of deletions) copy.get(String(row['__TableName']))?.delete(String(row['__PrimaryKey']));
}

/** Asks class by class once, then for deletions, and remembers what the first list said (spec 17 § 5.1). */
export class AndroidCopy {
  readonly copy = emptyCopy();
  readonly #server: SyncServer;
  #stamp = 0;

  constructor(server: SyncServer) {
    this.#server = server;
  }

  async sync(): Promise<void> {
    const start = this.#stamp;
    let told: number | undefined;
    for (const name of trackedNames) {
      const query = {
        ...(start > 0 && { filter: `"__GlobalStamp >= ${start}"` }),
        extendedAttributes: 'true',
        skip: 0,
        limit: 100_000,
      };
      const list = await this.#server.list(name, query, trees[name]);
      told ??= list.__GlobalStamp;
      for (const entity of list.__ENTITIES) keep(this.copy, name, entity);
    }
    const deletions = await this.#server.list('__DeletedRecords', { filter: `"__Stamp >= ${start}"`, limit: 100_000 });
    drop(this.copy, deletions.__ENTITIES);
    this.#stamp = told as number;
  }
}

/** The attributes that the Android client asks for. */
const trees = {
  Person: { name: true, salary: true, place: true, __GlobalStamp: true },
  Place: { name: true, __GlobalStamp: true },
  Seat: { taken: true, __GlobalStamp: true },
} as const;

/** Asks every class until all tell the same counter, then for deletions up to it (spec 17 § 5.2). */
export class IosCopy {
  readonly copy = emptyCopy();
  readonly #server: SyncServer;
  #stamp = 0;

  constructor(server: SyncServer) {
    this.#server = server;
  }

  async sync(): Promise<void> {
    const start = this.#stamp;
    const told = new Map<string, number>(trackedNames.map((name) => [name, start]));
    let asked: readonly string[] = trackedNames;
    while (asked.length > 0) {
      for (const name of asked) {
        const list = await this.#server.list(name, {
          filter: `"__GlobalStamp >= ${told.get(name)}"`,
          attributes: Object.keys(trees[name as keyof typeof trees]).join(','),
          limit: 100_000,
        });
        told.set(name, list.__GlobalStamp);
        for (const entity of list.__ENTITIES) keep(this.copy, name, entity);
      }
      const end = Math.max(...told.values());
      asked = trackedNames.filter((name) => told.get(name) !== end);
    }
    const end = Math.max(...told.values());
    const filter = `"__Stamp >= ${start} AND __Stamp <= ${end}"`;
    drop(this.copy, (await this.#server.list('__DeletedRecords', { filter, limit: 100_000 })).__ENTITIES);
    this.#stamp = end;
  }
}

/** Reads each class through pages of an entity set, which writes between the pages do not move (spec 17 § 9.2). */
export class PagingCopy {
  readonly copy = emptyCopy();
  readonly #server: SyncServer;
  readonly #pageSize: number;
  #stamp = 0;

  constructor(server: SyncServer, pageSize: number) {
    this.#server = server;
    this.#pageSize = pageSize;
  }

  async sync(): Promise<void> {
    const start = this.#stamp;
    let told: number | undefined;
    for (const name of ['Person', 'Place'] as const) {
      const query = { attributes: Object.keys(trees[name]).join(','), limit: this.#pageSize };
      const first = await this.#server.list(name, {
        ...query,
        filter: `"__GlobalStamp >= ${start}"`,
        method: 'entityset',
      });
      told ??= first.__GlobalStamp;
      let page: List = first;
      for (let at = 0; ; page = await this.#server.list(first.__ENTITYSET as string, { ...query, skip: at })) {
        // A member that was deleted meanwhile is `{"__STAMP":0}`.
        for (const entity of page.__ENTITIES) if (entity.__KEY !== undefined) keep(this.copy, name, entity);
        at += this.#pageSize;
        if (at >= first.__COUNT) break;
      }
    }
    const deletions = await this.#server.list('__DeletedRecords', { filter: `"__Stamp >= ${start}"`, limit: 100_000 });
    drop(this.copy, deletions.__ENTITIES);
    this.#stamp = told as number;
  }
}

/** What the server holds, read in full. */
export async function serverState(server: SyncServer): Promise<Copy> {
  const state = emptyCopy();
  for (const name of trackedNames) {
    const attributes = Object.keys(trees[name]).join(',');
    const list = await server.list(name, { attributes, limit: 100_000 });
    for (const entity of list.__ENTITIES) keep(state, name, entity);
  }
  return state;
}
