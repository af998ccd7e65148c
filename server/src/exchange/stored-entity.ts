// An entity on its way between two datastores: everything that another one needs to hold it as it was.
import type { Json } from '../model/model.ts';

/** Bytes of a picture or BLOB, fetched when they are needed. */
export interface CarriedMedia {
  /** @throws Error when they cannot be had */
  readonly bytes: () => Promise<Uint8Array>;
  /** Version number of the picture that `bytes` gave, when its source tells; asked after `bytes`. */
  readonly version: () => number | undefined;
  /** What a BLOB is said to be; asked after `bytes`. */
  readonly mediatype: () => string;
  /** Milliseconds since 1970 of its last change, when its source tells; asked after `bytes`. */
  readonly changedAt: () => number | undefined;
}

export interface StoredEntity {
  /** As `__KEY` prints it. */
  readonly keyText: string;
  readonly stamp: number;
  /** ISO text. */
  readonly timestamp: string;
  /** Values in the forms of REST, by attribute name; keys of related entities by the name of the relation. */
  readonly values: Readonly<Record<string, Json>>;
  readonly media: Readonly<Record<string, CarriedMedia>>;
}
