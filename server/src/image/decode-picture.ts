// Opens untrusted pictures with sharp: only the decoders we need exist, and no pixel is decoded before the header has
// been held against the limit. Loaded in converter processes alone.
import sharp from 'sharp';
import type { Metadata, Sharp } from 'sharp';
import { messageOf } from '../errors.ts';
import type { RefusalReason } from './conversion-job.ts';
import { formatRow } from './formats.ts';
import type { ImageFormat } from './formats.ts';
import { isWholeFile } from './whole-file.ts';

// Conversions run side by side in processes of their own; a cache would only keep pictures in memory.
sharp.concurrency(1);
sharp.cache(false);

const loaders = {
  jpeg: 'VipsForeignLoadJpegBuffer',
  png: 'VipsForeignLoadPngBuffer',
  gif: 'VipsForeignLoadNsgifBuffer',
  tiff: 'VipsForeignLoadTiffBuffer',
  webp: 'VipsForeignLoadWebpBuffer',
  avif: 'VipsForeignLoadHeifBuffer',
} as const satisfies Partial<Record<ImageFormat, string>>;

// SVG above all must stay without a decoder: it could read files and burn time.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: Object.values(loaders) });

/** The picture is not taken; the message is for the log. */
export class PictureRefused extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Runs a step of sharp; whatever it throws means that the picture cannot be decoded. */
export async function decoding<T>(step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    throw new PictureRefused('unreadable', messageOf(error));
  }
}

/** A picture whose header has been checked. */
export interface OpenPicture {
  readonly metadata: Metadata;
  /** Frames of an animation or pages of a document, at least 1. */
  readonly pages: number;
  /** The picture as displayed (EXIF orientation applied), in sRGB; all frames of an animation if `allFrames`. */
  readonly image: Sharp;
}

/**
 * Checks the header of a picture and makes it ready to be decoded.
 * @param allFrames decode every frame of an animation, not just the first
 * @throws PictureRefused `pixels` over the limit, `unreadable` when header and format do not fit or the file is cut off
 */
export async function openPicture(
  bytes: Uint8Array,
  format: ImageFormat,
  maxPixels: number,
  allFrames: boolean,
): Promise<OpenPicture> {
  if (!formatRow(format).decodes) throw new PictureRefused('unreadable', `${format} is not decoded`);
  const metadata = await decoding(sharp(bytes, { limitInputPixels: false }).metadata());
  const found = metadata.format === 'heif' && metadata.compression === 'av1' ? 'avif' : metadata.format;
  if (found !== format) throw new PictureRefused('unreadable', `${format} outside, ${found} inside`);
  const pages = metadata.pages ?? 1;
  const animated = allFrames && pages > 1 && (format === 'gif' || format === 'webp');
  const pixels = metadata.width * metadata.height * (animated ? pages : 1);
  if (pixels > maxPixels) throw new PictureRefused('pixels', `${pixels} pixels, ${maxPixels} are allowed`);
  if (!isWholeFile(format, bytes)) throw new PictureRefused('unreadable', 'the file is cut off');
  const image = sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error', animated })
    .autoOrient()
    .toColourspace('srgb');
  return { metadata, pages, image };
}
