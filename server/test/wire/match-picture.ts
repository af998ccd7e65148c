// Expectations on bytes: which format, size and look a picture has, or which bytes they are.
import sharp from 'sharp';
import { difference } from '../unit/image/sample-pictures.ts';
import { sniffFormat } from '../../src/image/formats.ts';
import { bytesNamed, type Saved } from './bytes.ts';

/** Mean difference of pixels, 0 to 255, up to which two pictures look alike. The samples are further apart. */
export const alike = 8;

const line = /^<(?:(empty)|image ([\w. =-]+)|same bytes as ([\w-]+)|like ([\w-]+)|bytes (\d+)-(\d+) of ([\w-]+)|save (\w+)|text (.*))>$/; // oxfmt-ignore

/** The line is an expectation on bytes. */
export const isByteLine = (text: string): boolean => line.test(text);

/** What differs, nothing when the bytes are as the line says. */
export async function matchBytes(text: string, body: Buffer, saved: Saved): Promise<string | undefined> {
  const found = line.exec(text);
  if (!found) return `this expectation is unknown: ${text}`;
  const [, empty, image, same, like, from, to, of, save, exact] = found;
  if (empty) return body.length === 0 ? undefined : `expected no body, got ${excerpt(body)}`;
  if (image !== undefined) return matchImage(image, body);
  if (same !== undefined) return sameBytes(await bytesNamed(same, saved), body, same);
  if (like !== undefined) return looksLike(await bytesNamed(like, saved), body, like);
  if (of !== undefined)
    return sameBytes((await bytesNamed(of, saved)).subarray(Number(from), Number(to) + 1), body, `that part of ${of}`);
  if (exact !== undefined) return body.toString() === exact ? undefined : `expected ${exact}, got ${excerpt(body)}`;
  saved.set(save as string, body);
  return body.length > 0 ? undefined : 'there is nothing to save';
}

function sameBytes(wanted: Buffer, body: Buffer, name: string): string | undefined {
  return wanted.equals(body) ? undefined : `expected the ${wanted.length} bytes of ${name}, got ${excerpt(body)}`;
}

async function looksLike(wanted: Buffer, body: Buffer, name: string): Promise<string | undefined> {
  try {
    const far = await difference(wanted, body);
    return far <= alike ? undefined : `does not look like ${name}: differs by ${far.toFixed(1)}`;
  } catch (error) {
    return `cannot be looked at: ${String(error)}`;
  }
}

/** Words: a format, `WIDTHxHEIGHT`, `alpha`, `opaque`, `pages=N`, `exif`, `no-exif`, `srgb`, `depth=8`. */
async function matchImage(words: string, body: Buffer): Promise<string | undefined> {
  const [format, ...others] = words.trim().split(/\s+/);
  const sniffed = sniffFormat(body);
  if (sniffed !== format) return `expected ${format}, got ${sniffed ?? excerpt(body)}`;
  if (others.length === 0) return undefined;
  const { width, pageHeight, height, hasAlpha, pages, exif, space, depth } = await sharp(body).metadata();
  const facts: Readonly<Record<string, boolean>> = {
    [`${width}x${pageHeight ?? height}`]: true,
    alpha: hasAlpha,
    opaque: !hasAlpha,
    [`pages=${pages ?? 1}`]: true,
    exif: exif !== undefined,
    'no-exif': exif === undefined,
    [space]: true,
    [`depth=${depth === 'ushort' ? 16 : 8}`]: true,
  };
  const wrong = others.filter((word) => facts[word] !== true);
  const true_ = Object.keys(facts).filter((word) => facts[word]);
  return wrong.length === 0 ? undefined : `expected ${wrong.join(', ')}; it is ${format} ${true_.join(', ')}`;
}

export function excerpt(body: Buffer): string {
  const text = body.toString('latin1', 0, 400);
  // oxlint-disable-next-line no-control-regex -- that is what tells bytes from text
  const readable = !/[\u0000-\u0008\u000e-\u001f]/.test(text);
  return readable ? body.toString('utf8', 0, 400) : `${body.length} bytes (${sniffFormat(body) ?? 'no picture'})`;
}
