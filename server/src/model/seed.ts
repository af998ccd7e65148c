// First data of an empty datastore: what a model folder may bring in `seed.ts`.
import type { Json } from './model.ts';

/** One entity to create, in the forms REST accepts: keys explicit, relations by key, dates as clients write them. */
export interface SeedEntity {
  readonly dataClass: string;
  readonly values: Readonly<Record<string, Json>>;
  /** Bytes of image and BLOB attributes, by attribute name. */
  readonly media?: Readonly<Record<string, Uint8Array>>;
}

export interface Seed {
  /** How many entities will come, for the progress bar. */
  readonly total: number;
  /** Targets of relations come before the entities that name them. `workFolder` keeps what is expensive to make. */
  readonly entities: (workFolder: string) => AsyncIterable<SeedEntity>;
}
