// The sample pictures and files of the conversations, by name. Drawn by sharp, each once in a run and only when used.
import sharp, { type Sharp } from 'sharp';
import { bmp, gifBomb, heic, pdf, pngBomb } from '../unit/image/sample-pictures.ts';

const width = 160;
const height = 120;

type Scene = readonly [number, number, number];

/**
 * Four quarters of different brightness and colour: a turned, mirrored, cut or wrong picture looks different.
 * @param tint colour of the whole
 * @param clear the left quarter is transparent
 */
function scene(tint: Scene, clear = false, w = width, h = height): Buffer {
  const channels = clear ? 4 : 3;
  const data = Buffer.alloc(w * h * channels);
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      const at = (y * w + x) * channels;
      const quarter = (y < h / 2 ? 0 : 2) + (x < w / 2 ? 0 : 1);
      const light = [0.25, 0.6, 0.9, 0.45][quarter] as number;
      const slope = [(25 * x) / w, (25 * y) / h, 0];
      for (let c = 0; c < 3; c++) data[at + c] = (tint[(c + quarter) % 3] as number) * light + (slope[c] as number);
      if (clear) data[at + 3] = x < w / 4 ? 0 : 255;
    }
  return data;
}

const raw = (data: Buffer, channels: 3 | 4, w = width, h = height): Sharp =>
  sharp(data, { raw: { width: w, height: h, channels } });

const opaque = (tint: Scene): Sharp => raw(scene(tint), 3);
const clear = (tint: Scene): Sharp => raw(scene(tint, true), 4);

/** Three frames of different colours. */
const film = (...tints: readonly Scene[]): Sharp =>
  sharp(Buffer.concat(tints.map((tint) => scene(tint))), {
    raw: { width, height: height * tints.length, channels: 3, pageHeight: height },
  });

/** Pixels turned so that the EXIF orientation 6 turns them back. */
const turned = (tint: Scene): Sharp =>
  raw(scene(tint), 3)
    .rotate(270)
    .withMetadata({ orientation: 6, exif: { IFD0: { Copyright: 'Keystamp tests' } } });

const [coral, leaf, sky, sun, plum, sand]: readonly Scene[] = [
  [250, 90, 60],
  [60, 200, 90],
  [70, 120, 250],
  [250, 220, 70],
  [160, 60, 190],
  [230, 200, 170],
] as const;

const svgText = (inside: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="160" height="120" viewBox="0 0 160 120">${inside}</svg>`;

const padded = (start: string | Buffer, length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  Buffer.from(start).copy(bytes);
  return bytes;
};

const half = (bytes: Buffer): Buffer => bytes.subarray(0, Math.floor(bytes.length / 2));

const recipes = {
  jpeg: () =>
    opaque(coral!)
      .jpeg({ quality: 92 })
      .withMetadata({ exif: { IFD0: { Copyright: 'Keystamp' } } })
      .toBuffer(),
  'jpeg-green': () => opaque(leaf!).jpeg({ quality: 92 }).toBuffer(),
  'jpeg-large': () =>
    raw(scene(sky!, false, 1600, 1200), 3, 1600, 1200)
      .jpeg({ quality: 90 })
      .toBuffer(),
  'jpeg-exif-6': () => turned(sun!).jpeg({ quality: 92 }).toBuffer(),
  /** What `jpeg-exif-6` shows. */
  upright: () => opaque(sun!).png().toBuffer(),
  'jpeg-cmyk': () => opaque(sand!).toColourspace('cmyk').jpeg({ quality: 92 }).toBuffer(),
  'jpeg-plum': () => opaque(plum!).jpeg({ quality: 92 }).toBuffer(),
  'jpeg-grey': () => opaque(sand!).greyscale().jpeg({ quality: 92 }).toBuffer(),
  'jpeg-cut-off': async (): Promise<Buffer> => half(await picture('jpeg')),
  png: () => opaque(leaf!).png().toBuffer(),
  'png-clear': () => clear(sky!).png().toBuffer(),
  'png-16': () => opaque(plum!).toColourspace('rgb16').png().toBuffer(),
  'png-cut-off': async (): Promise<Buffer> => half(await picture('png')),
  'gif-animated': () => film(coral!, leaf!, sky!).gif().toBuffer(),
  /** The first frame of `gif-animated`, `webp-animated` and `tiff-pages`. */
  'first-frame': () => opaque(coral!).png().toBuffer(),
  tiff: () => opaque(sand!).tiff({ compression: 'lzw' }).toBuffer(),
  'tiff-clear': () => clear(sun!).tiff({ compression: 'lzw' }).toBuffer(),
  'tiff-grey': () => opaque(sand!).greyscale().tiff({ compression: 'lzw' }).toBuffer(),
  webp: () => opaque(sky!).webp({ quality: 90 }).toBuffer(),
  'webp-clear': () => clear(plum!).webp({ quality: 90 }).toBuffer(),
  'webp-animated': () => film(coral!, sun!).webp({ quality: 90 }).toBuffer(),
  avif: () => opaque(plum!).avif({ quality: 70, effort: 0 }).toBuffer(),
  svg: async () => Buffer.from(svgText('<rect width="160" height="120" fill="#c33"/><circle cx="80" cy="60" r="40"/>')),
  'svg-script': async () =>
    Buffer.from(svgText('<script>alert(1)</script><rect onload="alert(2)" width="9" height="9"/>')),
  'svg-cut-off': async (): Promise<Buffer> => half(await picture('svg')),
  'svg-entities': async () =>
    Buffer.from(
      `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>${svgText('<text>&b;&f;</text>')}`,
    ),
  pdf: async () => pdf,
  heic: async () => heic,
  bmp: async () => bmp,
  'png-bomb': async () => pngBomb(20_000),
  'gif-bomb': async () => gifBomb(1500, 200),
  html: async () => Buffer.from('<!DOCTYPE html><html><body><script>alert(document.domain)</script></body></html>\n'),
  'html-with-svg': async () => Buffer.from(`<html><body>${svgText('<script>alert(1)</script>')}</body></html>`),
  javascript: async () => Buffer.from('alert(document.domain)\n'),
  text: async () => Buffer.from('A plain brochure of Borealis.\nSecond line, with an accent: é.\n'),
  'text-two': async () => Buffer.from('Another brochure, a little longer than the first one was before it.\n'),
  'not-json': async () => Buffer.from('{"this is": no JSON \u0000\u0001'),
  empty: async () => Buffer.alloc(0),
  noise: async () => Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * i * 31 + i * 7) & 0xff)),
  'jpeg-then-noise': async () => padded(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), 3000),
  'png-signature': async () => padded(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 200),
  'jpeg-with-html': async (): Promise<Buffer> =>
    Buffer.concat([await picture('jpeg'), Buffer.from('<script>alert(document.domain)</script>')]),
  'two-parts': async () => Buffer.alloc(1024 * 1024 + 10, 'keystamp '),
} as const satisfies Record<string, () => Promise<Buffer>>;

export type PictureName = keyof typeof recipes;

export const pictureNames = Object.keys(recipes) as readonly PictureName[];

const made = new Map<PictureName, Promise<Buffer>>();

/** The bytes of a sample, the same object each time. */
export function picture(name: PictureName): Promise<Buffer> {
  let bytes = made.get(name);
  if (!bytes) made.set(name, (bytes = recipes[name]()));
  return bytes;
}

/** @throws Error for a name that is none of the samples */
export function pictureNamed(name: string): Promise<Buffer> {
  if (!Object.hasOwn(recipes, name)) throw new Error(`there is no sample ${name}`);
  return picture(name as PictureName);
}
