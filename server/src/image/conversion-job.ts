// What the server and a converter say to each other.
import type { ImageFormat, WritableFormat } from './formats.ts';
import type { Resize } from './variant.ts';

interface JobBase {
  /** What sniffing found the bytes to be. */
  readonly format: ImageFormat;
  /** Largest width × height (× frames) that is decoded. */
  readonly maxPixels: number;
}

/** Header of a request; the body is the picture. */
export type ConversionJob =
  | (JobBase & { readonly kind: 'inspect' })
  | (JobBase & {
      readonly kind: 'convert';
      readonly to: WritableFormat;
      readonly resize?: Resize;
      readonly quality?: number;
    });

/** What inspection finds out about a picture; all of it is kept beside the bytes. */
export interface ImageInfo {
  readonly format: ImageFormat;
  /** MIME type of `format`. */
  readonly mediatype: string;
  /** Pixels as displayed, EXIF orientation applied; 0 when an SVG or PDF does not say. */
  readonly width: number;
  readonly height: number;
  /** Bytes. */
  readonly size: number;
  /** Frames or pages; 1 for formats that are not decoded. */
  readonly pages: number;
  /** Has a transparency channel. */
  readonly hasAlpha: boolean;
  /** Has at most 256 colours. Only looked for where `best` needs it (spec 10 § 3.2), else false. */
  readonly fewColours: boolean;
  /** Base64 of the ThumbHash; absent for formats that are not decoded. */
  readonly thumbhash?: string;
}

/** Why a converter gives a picture back: over the pixel limit, or not to be decoded. */
export type RefusalReason = 'pixels' | 'unreadable';

/** Header of what a converter sends; the body of `converted` is the new picture, other bodies are empty. */
export type ConversionReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'inspected'; readonly info: ImageInfo }
  | { readonly kind: 'converted' }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly detail: string };
