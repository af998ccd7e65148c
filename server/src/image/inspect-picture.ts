// Reads a new picture from end to end and says what it is. Runs in converter processes alone.
import { rgbaToThumbHash } from 'thumbhash';
import type { ConversionJob, ImageInfo } from './conversion-job.ts';
import { decoding, openPicture, PictureRefused } from './decode-picture.ts';
import type { OpenPicture } from './decode-picture.ts';
import { formatRow, mediaTypeOf } from './formats.ts';
import { readPdf } from './pdf.ts';
import { readSvg } from './svg.ts';

/** ThumbHash takes at most this many pixels a side. */
const thumbSide = 100;

/** Past this the colours are not counted: the decoded copy would take too much memory. */
const maxCountedPixels = 16_000_000;

/** Decodes every frame, in one pass, down to thumbnails; gives the first one's hash. */
async function thumbHash(image: OpenPicture['image']): Promise<string> {
  const small = image.resize(thumbSide, thumbSide, { fit: 'inside', withoutEnlargement: true }).ensureAlpha().raw();
  const { data, info } = await decoding(small.toBuffer({ resolveWithObject: true }));
  const height = info.pageHeight ?? info.height;
  const hash = rgbaToThumbHash(info.width, height, data.subarray(0, info.width * height * 4));
  return Buffer.from(hash).toString('base64');
}

/** At most 256 colours: greyscale by its nature, other pictures by counting. */
async function hasFewColours({ image, metadata }: OpenPicture): Promise<boolean> {
  if (metadata.channels === 1 && metadata.depth === 'uchar') return true;
  if (metadata.width * metadata.height > maxCountedPixels) return false;
  const { data, info } = await decoding(image.removeAlpha().raw().toBuffer({ resolveWithObject: true }));
  const colours = new Set<number>();
  for (let at = 0; at + info.channels <= data.length; at += info.channels) {
    colours.add(info.channels < 3 ? (data[at] ?? 0) : data.readUIntBE(at, 3));
    if (colours.size > 256) return false;
  }
  return true;
}

/** SVG and PDF: kept as they are and read as text, because drawing them is what makes them dangerous. */
function inspectText(bytes: Uint8Array, format: 'svg' | 'pdf'): ImageInfo {
  const size = format === 'svg' ? readSvg(bytes) : readPdf(bytes);
  if (!size) throw new PictureRefused('unreadable', 'the file is cut off');
  const base = { format, mediatype: mediaTypeOf(format), size: bytes.length };
  return { ...base, width: size.width, height: size.height, pages: 1, hasAlpha: true, fewColours: false };
}

/**
 * What a picture is (spec 10 §§ 7.9, 7.10). All frames of an animation are decoded, of a many-page TIFF the first page.
 * @throws PictureRefused
 */
export async function inspectPicture(bytes: Uint8Array, job: ConversionJob & { kind: 'inspect' }): Promise<ImageInfo> {
  const { format, maxPixels } = job;
  if (format === 'svg' || format === 'pdf') return inspectText(bytes, format);
  const picture = await openPicture(bytes, format, maxPixels, true);
  const { metadata, pages } = picture;
  const colours = formatRow(format).best ? false : await hasFewColours({ ...picture, image: picture.image.clone() });
  return {
    format,
    mediatype: mediaTypeOf(format),
    width: metadata.autoOrient.width,
    height: metadata.autoOrient.height,
    size: bytes.length,
    pages,
    hasAlpha: metadata.hasAlpha,
    fewColours: colours,
    thumbhash: await thumbHash(picture.image),
  };
}
