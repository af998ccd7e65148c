// Turns one picture into another format and size. Runs in converter processes alone.
// Any change here that alters results must raise `encoderRevision` in variant.ts.
import type { Sharp } from 'sharp';
import type { ConversionJob } from './conversion-job.ts';
import { decoding, openPicture } from './decode-picture.ts';
import { formatRow } from './formats.ts';
import type { WritableFormat } from './formats.ts';

/** WebP and AVIF at low effort: far less time than at the default, for a few per cent more bytes. */
const encoders = {
  jpeg: (image, quality) => image.jpeg({ quality }),
  png: (image) => image.png(),
  gif: (image) => image.gif({ effort: 3 }),
  tiff: (image) => image.tiff({ compression: 'deflate', predictor: 'horizontal' }),
  webp: (image, quality) => image.webp({ quality, effort: 2 }),
  avif: (image, quality) => image.avif({ quality, effort: 2 }),
} as const satisfies Record<WritableFormat, (image: Sharp, quality: number | undefined) => Sharp>;

const white = { r: 255, g: 255, b: 255, alpha: 1 };
const transparent = { r: 0, g: 0, b: 0, alpha: 0 };

/**
 * The first frame or page of a picture in another form (spec 10 § 3.3): upright, sRGB, without metadata, flattened on
 * white where the format has no transparency. The same job gives the same bytes.
 * @throws PictureRefused
 */
export async function convertPicture(bytes: Uint8Array, job: ConversionJob & { kind: 'convert' }): Promise<Buffer> {
  const { image } = await openPicture(bytes, job.format, job.maxPixels, false);
  const row = formatRow(job.to);
  const background = row.alpha ? transparent : white;
  if (job.resize) {
    const { width, height, fit } = job.resize;
    image.resize({
      ...(width === undefined ? {} : { width }),
      ...(height === undefined ? {} : { height }),
      fit,
      background,
      withoutEnlargement: fit === 'inside',
    });
  }
  if (!row.alpha) image.flatten({ background: white });
  return decoding(encoders[job.to](image, job.quality ?? row.quality).toBuffer());
}
