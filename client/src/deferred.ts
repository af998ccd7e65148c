// What stands in an entity for a value that is not sent with it: a picture, a file or a relation.
import type { DataStore } from './data-store.ts';
import { imageUri, srcsetOf, type ImageOptions, type SrcsetOptions } from './image-url.ts';
import type { RequestOptions } from './transport.ts';
import type { WireDeferred } from './wire.ts';

type Facts = WireDeferred['__deferred'];

/** A value that stays on the server until it is asked for. Printed as JSON it is what the server sent. */
abstract class Deferred {
  // Out of sight of whoever prints or compares entities.
  readonly #store: DataStore;
  readonly #facts: Facts;

  constructor(store: DataStore, facts: Facts) {
    this.#store = store;
    this.#facts = facts;
  }

  protected get store(): DataStore {
    return this.#store;
  }

  protected get facts(): Facts {
    return this.#facts;
  }

  /** Path and parameters, from the root of the server. */
  get uri(): string {
    return this.facts.uri;
  }

  toJSON(): WireDeferred {
    return { __deferred: this.facts };
  }
}

/** A picture. Its `uri` and URLs carry the newest version number that this client knows of. */
export class Picture extends Deferred {
  override get uri(): string {
    return this.store.pictures.current(this.facts.uri);
  }

  /** MIME type of the stored picture; known when `image: { info: true }` was asked. */
  get mediatype(): string | undefined {
    return this.facts.mediatype;
  }

  get width(): number | undefined {
    return this.facts.width;
  }

  get height(): number | undefined {
    return this.facts.height;
  }

  /** In bytes. */
  get size(): number | undefined {
    return this.facts.size;
  }

  /** A tiny preview, base64 (https://evanw.github.io/thumbhash/). */
  get thumbhash(): string | undefined {
    return this.facts.thumbhash;
  }

  /** For `<img src>`. */
  url(options?: ImageOptions): string {
    return this.store.resolve(imageUri(this.uri, options));
  }

  /** For `<img srcset>`. */
  srcset(options: SrcsetOptions): string {
    return srcsetOf(this.store.resolve(this.uri), options);
  }

  /** The bytes; undefined when the picture is gone or cannot be delivered in that format. */
  async blob(options?: ImageOptions & RequestOptions): Promise<Blob | undefined> {
    return this.store.readBytes(imageUri(this.uri, options), options?.signal);
  }
}

/** A BLOB. */
export class StoredFile extends Deferred {
  get url(): string {
    return this.store.resolve(this.uri);
  }

  /** In bytes; known when the attribute was expanded. */
  get size(): number | undefined {
    return this.facts.size;
  }

  get mediatype(): string | undefined {
    return this.facts.mediatype;
  }

  /** The bytes; undefined when they are gone. */
  async blob({ signal }: RequestOptions = {}): Promise<Blob | undefined> {
    return this.store.readBytes(this.uri, signal);
  }
}

/** The other end of a relation to one entity, not read with it. */
export class Reference extends Deferred {
  /** `__KEY` of the related entity. */
  get __KEY(): string {
    return this.facts.__KEY as string;
  }

  /** Name of its dataclass. */
  get dataClass(): string {
    return /\/([^/([]+)[([][^/]*$/.exec(this.facts.uri)?.[1] ?? '';
  }
}

/** The other end of a relation to many entities, not read with it; `entity.related(…)` reads them. */
export class RelatedSet extends Deferred {}

/** The value that `{"__deferred":…}` stands for. */
export function readDeferred(store: DataStore, facts: Facts): Picture | StoredFile | Reference | RelatedSet {
  if (facts.image) return new Picture(store, facts);
  if (facts.__KEY !== undefined) return new Reference(store, facts);
  return facts.uri.includes('$binary=') ? new StoredFile(store, facts) : new RelatedSet(store, facts);
}
