// Pictures for the tests of this room, made with the real encoders, and a measure of how alike two pictures look.
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import type { WritableFormat } from '../../../src/image/formats.ts';
import { imageFormats } from '../../../src/image/formats.ts';

export const width = 120;
export const height = 80;

/** Red, green, blue, yellow quarters under a gradient, so that a turned or mirrored picture looks different. */
export function pixels(channels: 3 | 4, shift = 0): Buffer {
  const data = Buffer.alloc(width * height * channels);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * channels;
      const right = x >= width / 2;
      const lower = y >= height / 2;
      data[at] = lower === right ? 220 - x : 20;
      data[at + 1] = right ? 200 - y : 20;
      data[at + 2] = (lower && !right ? 210 : 30) + shift;
      if (channels === 4) data[at + 3] = x < width / 4 ? 0 : 255;
    }
  return data;
}

export const opaque = (): Sharp => sharp(pixels(3), { raw: { width, height, channels: 3 } });
export const transparent = (): Sharp => sharp(pixels(4), { raw: { width, height, channels: 4 } });

/** Three frames that differ. */
export const animated = (): Sharp =>
  sharp(Buffer.concat([pixels(3), pixels(3, 20), pixels(3, 40)]), {
    raw: { width, height: height * 3, channels: 3, pageHeight: height },
  });

export const writable = (Object.keys(imageFormats) as (keyof typeof imageFormats)[]).filter(
  (name): name is WritableFormat => imageFormats[name].encodes,
);

export const encode = (picture: Sharp, format: WritableFormat): Promise<Buffer> =>
  (format === 'tiff' ? picture.tiff({ compression: 'lzw' }) : picture.toFormat(format, { quality: 90 })).toBuffer();

/** Mean difference of two pictures as seen on white at 24 × 24: 0 (equal) to 255. */
export async function difference(one: Uint8Array | Sharp, other: Uint8Array | Sharp): Promise<number> {
  const seen = (picture: Uint8Array | Sharp): Promise<Buffer> =>
    (picture instanceof Uint8Array ? sharp(picture).autoOrient() : picture)
      .flatten({ background: '#fff' })
      .toColourspace('srgb')
      .resize(24, 24, { fit: 'fill' })
      .removeAlpha()
      .raw()
      .toBuffer();
  const [a, b] = [await seen(one), await seen(other)];
  return a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const result = Buffer.alloc(body.length + 8);
  result.writeUInt32BE(data.length, 0);
  body.copy(result, 4);
  result.writeUInt32BE(crc32(body), body.length + 4);
  return result;
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** A black one-bit PNG of any size: a few kilobytes that want gigabytes. */
export function pngBomb(side: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc(side * (Math.ceil(side / 8) + 1)));
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

/** A GIF with a large canvas and many frames of one pixel each. */
export function gifBomb(side: number, frames: number): Buffer {
  const screen = Buffer.from([0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]);
  screen.writeUInt16LE(side, 0);
  screen.writeUInt16LE(side, 2);
  const frame = Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4c, 0x01, 0]);
  return Buffer.concat([
    Buffer.from('GIF89a'),
    screen,
    ...Array.from({ length: frames }, () => frame),
    Buffer.from([0x3b]),
  ]);
}

export const svg = Buffer.from(
  '<?xml version="1.0"?><!-- drawn --><svg xmlns="http://www.w3.org/2000/svg" width="2in" height="48"><path d="M0 0"/></svg>\n',
);
export const pdf = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Page/MediaBox [0 0 612 792]>>endobj\ntrailer<<>>\n%%EOF\n');
export const heic = Buffer.concat([
  Buffer.from([0, 0, 0, 24]),
  Buffer.from('ftypheic\0\0\0\0mif1heic', 'latin1'),
  Buffer.alloc(200),
]);
export const bmp = Buffer.concat([
  Buffer.from('BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0', 'latin1'),
  Buffer.alloc(28),
]);
