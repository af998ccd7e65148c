// How pictures are made from the photographs: crops, shapes, turned pixels, animations, logos. Knows no file of its own
// but `photos/`; everything here gives the same pixels each time.
import sharp, { type Sharp } from 'sharp';
import { fileURLToPath } from 'node:url';

export type PhotoName =
  | 'aitzgorri'
  | 'friends'
  | 'life'
  | 'picos-de-europa'
  | 'picture-0b'
  | 'picture-1a'
  | 'seeding'
  | 'sunset'
  | 'umang'
  | 'wine';

/** The path of a photograph of the sample. */
export function photoFile(name: PhotoName): string {
  return fileURLToPath(new URL(`photos/${name}.jpg`, import.meta.url));
}

/** A photograph, cut to `width` × `height` pixels around its liveliest part. */
export function crop(name: PhotoName, width: number, height: number): Sharp {
  return sharp(photoFile(name)).resize(width, height, { fit: 'cover', position: 'attention' });
}

/** A photograph whose longer side has `side` pixels. */
export function whole(name: PhotoName, side: number): Sharp {
  return sharp(photoFile(name)).resize(side, side, { fit: 'inside' });
}

/** A cut photograph seen through a shape: what lies outside is transparent. `shape` is one SVG element. */
export function masked(name: PhotoName, width: number, height: number, shape: string): Sharp {
  const mask = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shape}</svg>`;
  return crop(name, width, height)
    .ensureAlpha()
    .composite([{ input: Buffer.from(mask), blend: 'dest-in' }]);
}

/** A photograph in a circle of `size` pixels. */
export function circle(name: PhotoName, size: number): Sharp {
  return masked(name, size, size, `<circle cx="${size / 2}" cy="${size / 2}" r="${size / 2 - 1}"/>`);
}

/** What undoes each EXIF orientation: a viewer that obeys the tag sees the picture upright again. */
const turned = {
  1: (picture: Sharp) => picture,
  2: (picture: Sharp) => picture.flop(),
  3: (picture: Sharp) => picture.flop().flip(),
  4: (picture: Sharp) => picture.flip(),
  5: (picture: Sharp) => picture.flop().rotate(270),
  6: (picture: Sharp) => picture.rotate(270),
  7: (picture: Sharp) => picture.flop().rotate(90),
  8: (picture: Sharp) => picture.rotate(90),
} as const satisfies Record<number, (picture: Sharp) => Sharp>;

export type Orientation = keyof typeof turned;

/** A picture with its pixels turned, and the EXIF tag that turns them back. */
export async function oriented(picture: Sharp, orientation: Orientation): Promise<Sharp> {
  // The pixels are fixed first: sharp mirrors before it turns, in whatever order it is told, but after it has resized.
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  const upright = sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
  return turned[orientation](upright).withMetadata({ orientation });
}

/** A film that moves across a photograph: `count` frames or pages of `width` × `height` pixels. */
export async function frames(name: PhotoName, count: number, width: number, height: number): Promise<Sharp> {
  const strip = await crop(name, width * 2, height).toBuffer();
  const pages: Buffer[] = [];
  for (let index = 0; index < count; index++) {
    const left = Math.round((width * index) / Math.max(1, count - 1));
    pages.push(await sharp(strip).extract({ left, top: 0, width, height }).png({ compressionLevel: 1 }).toBuffer());
  }
  return sharp(pages, { join: { animated: true } });
}

/** A circle that runs once around: `count` frames of `size` pixels on a transparent ground. */
export async function spinner(count: number, size: number, colour: string): Promise<Sharp> {
  const pages: Buffer[] = [];
  for (let index = 0; index < count; index++) {
    const angle = (2 * Math.PI * index) / count;
    const x = size / 2 + (size / 3) * Math.sin(angle);
    const y = size / 2 - (size / 3) * Math.cos(angle);
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}"><circle cx="${x.toFixed(2)}" cy="${y.toFixed(2)}" r="${size / 8}" fill="${colour}"/></svg>`;
    pages.push(await sharp(Buffer.from(svg)).png().toBuffer());
  }
  return sharp(pages, { join: { animated: true } });
}

/** The shapes of the logos, drawn in a square of 100 units. No letters: fonts differ between machines. */
const logoShapes = {
  rings: (a: string, b: string) =>
    `<g fill="none" stroke-width="10"><circle cx="38" cy="50" r="28" stroke="${a}"/><circle cx="62" cy="50" r="28" stroke="${b}"/></g>`,
  peak: (a: string, b: string) =>
    `<path d="M4 86 40 18 62 58 70 44 96 86Z" fill="${a}"/><path d="M40 18 28 41 40 36 50 40Z" fill="${b}"/>`,
  hexagon: (a: string, b: string) =>
    `<path d="M50 4 90 27v46L50 96 10 73V27Z" fill="${a}"/><path d="M50 28 70 40v22L50 74 30 62V40Z" fill="${b}"/>`,
  waves: (a: string, b: string) =>
    `<g fill="none" stroke-width="10" stroke-linecap="round"><path d="M8 40q21-24 42 0t42 0" stroke="${a}"/><path d="M8 66q21-24 42 0t42 0" stroke="${b}"/></g>`,
  bars: (a: string, b: string) =>
    `<g fill="${a}"><rect x="10" y="52" width="16" height="40"/><rect x="34" y="34" width="16" height="58"/></g><g fill="${b}"><rect x="58" y="20" width="16" height="72"/><rect x="82" y="8" width="10" height="84"/></g>`,
  leaf: (a: string, b: string) =>
    `<path d="M12 88C8 34 44 8 92 8c0 50-26 84-80 80Z" fill="${a}"/><path d="M12 88 68 32" stroke="${b}" stroke-width="6" fill="none"/>`,
  key: (a: string, b: string) =>
    `<circle cx="30" cy="50" r="22" fill="none" stroke="${a}" stroke-width="12"/><path d="M52 50h42v18M76 50v14" stroke="${b}" stroke-width="12" fill="none"/>`,
} as const satisfies Record<string, (a: string, b: string) => string>;

/** A logo of two colours on a transparent ground, `size` pixels wide and high. */
export function logo(shape: keyof typeof logoShapes, a: string, b: string, size: number): Sharp {
  const drawing = logoShapes[shape](a, b);
  return sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 100 100">${drawing}</svg>`,
    ),
  );
}
