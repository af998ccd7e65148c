// Pictures and BLOBs in code (spec 16 § 8): as they were when the entity was read. Their bytes are read when they are asked
// for.
import { fail } from '../errors.ts';
import { parseImageFormat } from '../image/formats.ts';
import { resolveVariant, type ImageFit, type VariantSpec } from '../image/variant.ts';
import type { MediaChange } from '../store/change.ts';
import type { Content } from '../store/content.ts';
import { readContent } from '../store/content.ts';
import type { StoredMedia } from '../store/sql/entity-row.ts';
import { currentCall } from './current-call.ts';
import { describeContent, unknownType } from './describe-content.ts';

/** The BLOB of an entity. */
export interface BlobValue {
  readonly mediatype: string;
  /** Bytes. */
  readonly size: number;
  bytes(): Promise<Buffer>;
}

/** The picture of an entity. One that was assigned and not saved yet is known by its bytes alone. */
export interface ImageValue extends BlobValue {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Of the picture, as in its URL; 0 until it is saved. */
  readonly version: number;
  /**
   * The picture in another format: `jpeg`, `png`, `webp`, `avif` …
   * @throws KeystampError 1801 when it cannot be had in that format
   */
  convert(format: string, options?: { readonly quality?: number }): Promise<ImageValue>;
  /** A smaller copy: whole inside the box, never enlarged, or filling it. */
  thumbnail(width: number, height: number, fit?: ImageFit): Promise<ImageValue>;
}

/** What can be assigned to a picture or BLOB: bytes, a value that was read, or an upload of the session. */
export type MediaInput = Uint8Array | ImageValue | BlobValue | { readonly ID: string };

/** Bytes that the database holds, or that were made here. */
export class MediaBytes implements BlobValue {
  readonly mediatype: string;
  readonly size: number;
  readonly version: number;
  readonly #content: Content | undefined;
  #bytes: Buffer | undefined;

  constructor(content: Content | undefined, bytes: Buffer | undefined, mediatype: string, version: number) {
    this.mediatype = mediatype;
    this.size = content?.size ?? bytes?.length ?? 0;
    this.version = version;
    this.#content = content;
    this.#bytes = bytes;
  }

  /** What is known of the bytes; nothing of bytes that were only assigned. */
  static contentOf(value: MediaBytes): Content | undefined {
    return value.#content;
  }

  /** @throws KeystampError 1826 when the database holds them no longer */
  async bytes(): Promise<Buffer> {
    const bytes = await this.held();
    if (!bytes) throw fail(1826, Buffer.from(this.#content?.hash as Uint8Array).toString('hex'));
    return bytes;
  }

  /** The bytes, unless the database holds them no longer. */
  async held(): Promise<Buffer | undefined> {
    return this.#bytes ?? (this.#content && (await readContent(currentCall().executor, this.#content.hash)));
  }

  /** Reads the bytes while the database still holds them: the value outlives its place there. */
  async keep(): Promise<void> {
    this.#bytes ??= await this.held();
  }
}

export class Picture extends MediaBytes implements ImageValue {
  get width(): number {
    return MediaBytes.contentOf(this)?.picture?.width ?? 0;
  }

  get height(): number {
    return MediaBytes.contentOf(this)?.picture?.height ?? 0;
  }

  async convert(format: string, { quality }: { readonly quality?: number } = {}): Promise<ImageValue> {
    const asked = parseImageFormat(format);
    if (!asked) throw fail(1801, format);
    return this.#as({ format: asked, ...(quality !== undefined && { quality }) }, format);
  }

  async thumbnail(width: number, height: number, fit: ImageFit = 'inside'): Promise<ImageValue> {
    return this.#as({ format: ['best'], width, height, fit }, 'best');
  }

  async #as(spec: VariantSpec, name: string): Promise<ImageValue> {
    const { variants, converter } = currentCall().services;
    const { hash, mediatype, picture } =
      MediaBytes.contentOf(this) ?? (await describeContent(await this.bytes(), true, converter));
    const variant = resolveVariant(spec, { mediatype, width: 0, height: 0, ...picture });
    if (!variant) throw fail(1801, name);
    const bytes = await variants.get(hash, variant, () => this.bytes());
    return new Picture(await describeContent(bytes, true, converter), bytes, variant.mediatype, 0);
  }
}

/** The value of an attribute that was read. */
export function storedValue(media: StoredMedia, picture: boolean): MediaBytes {
  const { hash, size, mediatype, version, pages } = media;
  if (!picture) return new MediaBytes({ hash, size, mediatype }, undefined, mediatype, version);
  const { width, height, alpha, fewColours, thumbhash } = media;
  const about = { width, height, hasAlpha: alpha, fewColours, pages, ...(thumbhash !== null && { thumbhash }) };
  return new Picture({ hash, size, mediatype, picture: about }, undefined, mediatype, version);
}

/** The value of an attribute that was assigned and is not saved: `null` for an upload, whose bytes are not looked up. */
export function assignedValue(input: MediaInput, picture: boolean): BlobValue | null {
  if (input instanceof MediaBytes) return input;
  if (!(input instanceof Uint8Array)) return null;
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  return picture ? new Picture(undefined, bytes, unknownType, 0) : new MediaBytes(undefined, bytes, unknownType, 0);
}

/** The value of an attribute that a change sets; bytes that are not stored yet are there when they are in memory. */
export function changedMedia({ content, bytes, mediatype }: SetMedia, picture: boolean): MediaBytes {
  const held = bytes instanceof Uint8Array ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : undefined;
  return picture ? new Picture(content, held, mediatype, 0) : new MediaBytes(content, held, mediatype, 0);
}

type SetMedia = Extract<MediaChange, { readonly kind: 'set' }>;

/** Can it be assigned to a picture or BLOB? */
export const isMediaInput = (value: unknown): value is MediaInput =>
  value instanceof Uint8Array ||
  value instanceof MediaBytes ||
  (typeof value === 'object' && value !== null && 'ID' in value && typeof value.ID === 'string');
