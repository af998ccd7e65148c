// Pictures and BLOBs in code (spec 16 § 8).

/** The picture of an entity. Its bytes are read when they are asked for. */
export interface ImageValue {
  readonly mediatype: string;
  readonly width: number;
  readonly height: number;
  /** Bytes. */
  readonly size: number;
  /** Of the picture, as in its URL; 0 until it is saved. */
  readonly version: number;
  bytes(): Promise<Buffer>;
  /** The picture in another format: `jpeg`, `png`, `webp`, `avif` … */
  convert(format: string): Promise<ImageValue>;
  /** A smaller copy: whole inside the box, or filling it (`cover`). */
  thumbnail(width: number, height: number, fit?: 'inside' | 'cover' | 'contain'): Promise<ImageValue>;
}

/** The BLOB of an entity. */
export interface BlobValue {
  readonly mediatype: string;
  readonly size: number;
  bytes(): Promise<Buffer>;
}

/** What can be assigned to a picture or BLOB: bytes, a value that was read, or an upload of the session. */
export type MediaInput = Uint8Array | ImageValue | BlobValue | { readonly ID: string };
