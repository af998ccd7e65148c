// The pictures that go out: kept in memory, converted ones on disk too, each made once however many wait for it.
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Config } from '../config.ts';
import type { Converter } from './converter.ts';
import type { OnImageEvent } from './image-event.ts';
import type { Variant } from './variant.ts';
import { VariantFiles } from './variant-files.ts';

/** What an entry costs beside its bytes: key, object, list. */
const entryBytes = 256;

/** One picture may take this part of the memory, so that a few large ones cannot drive out all others. */
const largestPart = 1 / 8;

/** Kept copies of pictures, found by the hash of the stored bytes and the variant. */
export class Variants {
  readonly #converter: Pick<Converter, 'convert'>;
  readonly #memory: LRUCache<string, Buffer> | undefined;
  readonly #files: VariantFiles;
  readonly #flights = new Map<string, Promise<Buffer>>();
  readonly #writes = new Set<Promise<void>>();

  /** Copies are kept under `<data>/variants`. A memory or disk budget of 0 switches that place off. */
  constructor(
    config: Pick<Config, 'data' | 'variantMemoryBytes' | 'variantDiskBytes'>,
    converter: Pick<Converter, 'convert'>,
    onEvent: OnImageEvent = () => {},
  ) {
    this.#converter = converter;
    this.#files = new VariantFiles(join(config.data, 'variants'), config.variantDiskBytes, onEvent);
    if (config.variantMemoryBytes > 0)
      this.#memory = new LRUCache({
        maxSize: config.variantMemoryBytes,
        maxEntrySize: Math.ceil(config.variantMemoryBytes * largestPart),
        sizeCalculation: (bytes) => bytes.length + entryBytes,
      });
  }

  /** Bytes of the pictures in memory. */
  get memoryBytes(): number {
    return this.#memory?.calculatedSize ?? 0;
  }

  /**
   * The bytes if they are in memory.
   * @param hash SHA-256 of the stored bytes, 32 bytes
   */
  peek(hash: Uint8Array, variant: Variant): Buffer | undefined {
    return this.#memory?.get(keyOf(hash, variant));
  }

  /**
   * The bytes of a picture in the form of `variant`; callers that wait for the same form share one piece of work.
   * @param hash SHA-256 of the stored bytes, 32 bytes
   * @param readOriginal gives the stored bytes; called only when they are needed. What it throws is thrown
   * @throws KeystampError as `Converter.convert`; a failure is not remembered
   */
  get(hash: Uint8Array, variant: Variant, readOriginal: () => Promise<Uint8Array>): Promise<Buffer> {
    const key = keyOf(hash, variant);
    const kept = this.#memory?.get(key);
    if (kept) return Promise.resolve(kept);
    const shared = this.#flights.get(key);
    if (shared) return shared;
    const flight = this.#make(key, variant, readOriginal).finally(() => this.#flights.delete(key));
    this.#flights.set(key, flight);
    return flight;
  }

  /** Waits until what is being written to disk is there. */
  async close(): Promise<void> {
    await Promise.all(this.#writes);
  }

  async #make(key: string, variant: Variant, readOriginal: () => Promise<Uint8Array>): Promise<Buffer> {
    const bytes = variant.unchanged
      ? asBuffer(await readOriginal())
      : ((await this.#files.read(key)) ?? (await this.#convert(key, variant, readOriginal)));
    this.#memory?.set(key, bytes);
    return bytes;
  }

  /** The answer does not wait for the disk. */
  async #convert(
    key: string,
    variant: Variant & { unchanged: false },
    readOriginal: () => Promise<Uint8Array>,
  ): Promise<Buffer> {
    const bytes = await this.#converter.convert(readOriginal, variant);
    const write = this.#files.write(key, bytes).finally(() => this.#writes.delete(write));
    this.#writes.add(write);
    return bytes;
  }
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Names made before: a picture that is asked for again comes with the same objects. */
const names = new WeakMap<Variant, { readonly hash: Uint8Array; readonly name: string }>();

/** Name of a copy in memory and on disk. */
function keyOf(hash: Uint8Array, variant: Variant): string {
  const known = names.get(variant);
  if (known?.hash === hash) return known.name;
  const name = `${asBuffer(hash).toString('hex')}-${variant.name}-${variant.revision}`;
  names.set(variant, { hash, name });
  return name;
}
