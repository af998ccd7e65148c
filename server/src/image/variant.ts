// Which form of a stored picture goes out: the stored bytes or a conversion, and the name that form has in caches.
import { formatOfMediaType, formatRow, isWritable, mediaTypeOf } from './formats.ts';
import type { FormatAsked, ImageFormat, WritableFormat } from './formats.ts';

/** How a picture is fitted into the size asked (DECISIONS P6). */
export type ImageFit = 'inside' | 'cover' | 'contain';

/** Every fit, in the order documentation lists them; the first is the default. */
export const imageFits: readonly ImageFit[] = ['inside', 'cover', 'contain'];

/** Largest `$imagewidth` and `$imageheight` in pixels; the smallest is 1. */
export const maxVariantSide = 4096;

/** What a client asks of a picture (`$imageformat` and DECISIONS P6), already checked for range. */
export interface VariantSpec {
  readonly format: FormatAsked;
  /** Pixels, 1–4096. */
  readonly width?: number;
  /** Pixels, 1–4096. */
  readonly height?: number;
  readonly fit?: ImageFit;
  /** 1–100; has no meaning for formats without a quality. */
  readonly quality?: number;
}

/** What is kept about a stored picture beside its bytes (spec 10 § 7.10). */
export interface StoredImageInfo {
  /** MIME type as `mediaTypeOf` gives it. */
  readonly mediatype: string;
  /** Pixels as displayed; 0 when an SVG or PDF does not say. */
  readonly width: number;
  readonly height: number;
  /** Has a transparency channel. */
  readonly hasAlpha?: boolean;
  /** Has at most 256 colours; known for the formats that `best` does not deliver as they are. */
  readonly fewColours?: boolean;
}

/** How a picture is scaled. */
export interface Resize {
  /** Pixels; at least one of the two is given. */
  readonly width?: number;
  readonly height?: number;
  /** `inside` never enlarges; `cover` and `contain` fill the whole box and have both sides. */
  readonly fit: ImageFit;
}

interface VariantBase {
  readonly mediatype: string;
  /** Name in caches and ETags: `jpeg`, `webp.w80.inside.q80`. Letters, digits and dots. */
  readonly name: string;
  /** Revision of the encoders that made it; `0` for stored bytes. */
  readonly revision: string;
}

/** The form of a picture that is delivered. */
export type Variant =
  | (VariantBase & { readonly unchanged: true; readonly format: ImageFormat })
  | (VariantBase & {
      readonly unchanged: false;
      readonly format: WritableFormat;
      readonly resize?: Resize;
      /** 1–100; absent: the default of the format. */
      readonly quality?: number;
    });

/** Raise it whenever an encoder, its settings or the image library change what conversions look like. */
export const encoderRevision = '1';

/** A single side given alone always means `inside`: a long thin picture would otherwise grow without bound. */
function resizeOf(asked: VariantSpec): Resize | undefined {
  const { width, height, fit } = asked;
  if (width !== undefined && height !== undefined) return { width, height, fit: fit ?? 'inside' };
  if (width !== undefined) return { width, fit: 'inside' };
  return height === undefined ? undefined : { height, fit: 'inside' };
}

/** Longest side of the result in pixels. */
function longestSide(stored: StoredImageInfo, resize: Resize | undefined): number {
  if (resize && resize.fit !== 'inside') return Math.max(resize.width ?? 0, resize.height ?? 0);
  const scale = Math.min(1, (resize?.width ?? Infinity) / stored.width, (resize?.height ?? Infinity) / stored.height);
  return Math.max(stored.width, stored.height) * scale;
}

/** What `best` means for a stored picture, in any size: its own format if browsers show it, else PNG or JPEG (spec 10 § 3.2). */
function bestFor(own: ImageFormat, stored: StoredImageInfo): ImageFormat {
  if (formatRow(own).best) return own;
  return stored.hasAlpha || stored.fewColours ? 'png' : 'jpeg';
}

function variantName(format: ImageFormat, resize: Resize | undefined, quality: number | undefined): string {
  let name: string = format;
  if (resize?.width !== undefined) name += `.w${resize.width}`;
  if (resize?.height !== undefined) name += `.h${resize.height}`;
  if (resize) name += `.${resize.fit}`;
  return quality === undefined ? name : `${name}.q${quality}`;
}

/**
 * The form of a stored picture that answers a request (spec 10 §§ 3.1–3.3): the first choice that exists or can be
 * produced. Asking for the stored type gives the stored bytes, unless a size is asked of pixels, or a quality that the
 * format has. `undefined` when none can be had: the answer is empty (spec 10 § 4.4).
 */
export function resolveVariant(asked: VariantSpec, stored: StoredImageInfo): Variant | undefined {
  const own = formatOfMediaType(stored.mediatype);
  if (own === undefined) return undefined;
  const resize = resizeOf(asked);
  for (const choice of asked.format) {
    const format: ImageFormat = choice === 'best' ? bestFor(own, stored) : choice;
    const row = formatRow(format);
    const quality = row.quality === undefined ? undefined : asked.quality;
    const mediatype = mediaTypeOf(format);
    // A drawing fits any size as it is.
    if (format === own && ((!resize && quality === undefined) || !row.decodes))
      return { unchanged: true, format, mediatype, name: format, revision: '0' };
    if (!formatRow(own).decodes || !isWritable(format) || longestSide(stored, resize) > row.maxSide) continue;
    return {
      unchanged: false,
      format,
      mediatype,
      name: variantName(format, resize, quality),
      revision: encoderRevision,
      ...(resize ? { resize } : {}),
      ...(quality === undefined ? {} : { quality }),
    };
  }
  return undefined;
}

/**
 * Strong ETag with its quotes (spec 10 § 9.4); needs no conversion.
 * @param hash SHA-256 of the stored bytes, 32 bytes
 */
export function etagOf(hash: Uint8Array, variant: Variant): string {
  const text = Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('base64url', 0, 17).slice(0, 22);
  return `"${text}-${variant.name}-${variant.revision}"`;
}
