// Small pictures of one colour: as many different ones as a test needs, each known by its colour in every format.
import { createHash } from 'node:crypto';
import sharp from 'sharp';

export type Colour = readonly [red: number, green: number, blue: number];

export interface Picture {
  readonly bytes: Buffer;
  /** SHA-256 of the bytes, hexadecimal. */
  readonly sha: string;
  readonly format: 'png' | 'jpeg' | 'webp' | 'gif';
  readonly colour: Colour;
}

const formats = ['png', 'jpeg', 'webp', 'gif'] as const;

export const shaOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Neighbours are far apart, and the round adds a shade of its own. */
function colourOf(number: number): Colour {
  const round = number >> 8;
  return [(number * 73) & 255, (number * 151 + round * 40) & 255, (number * 199 + round * 90) & 255];
}

/**
 * The picture with that number. Different numbers give different bytes.
 * @param number whole, from 0
 * @param side height in pixels; the width is a little more and grows with the number
 */
export async function makePicture(number: number, side = 12): Promise<Picture> {
  const [r, g, b] = colourOf(number);
  const format = formats[number % formats.length] ?? 'png';
  const blank = sharp({
    create: { width: side + 4 + (number >> 8), height: side, channels: 3, background: { r, g, b } },
  });
  const bytes = await blank.toFormat(format, { quality: 95 }).toBuffer();
  return { bytes, sha: shaOf(bytes), format, colour: [r, g, b] };
}

/** What a picture of one colour looks like. */
export async function look(bytes: Uint8Array): Promise<{ width: number; height: number; colour: Colour }> {
  const { data, info } = await sharp(bytes)
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const middle = (Math.floor(info.height / 2) * info.width + Math.floor(info.width / 2)) * info.channels;
  return {
    width: info.width,
    height: info.height,
    colour: [data[middle] ?? 0, data[middle + 1] ?? 0, data[middle + 2] ?? 0],
  };
}

/** Lossy formats move a colour a little. */
export const sameColour = (one: Colour, other: Colour): boolean =>
  one.every((value, at) => Math.abs(value - (other[at] ?? 0)) <= 12);
