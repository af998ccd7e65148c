// The pool of pictures: ten photographs and what is made of them, one row each. Made once and kept in a work folder.
import sharp, { type Sharp } from 'sharp';
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  circle,
  crop,
  frames,
  logo,
  masked,
  oriented,
  photoFile,
  spinner,
  whole,
  type Orientation,
  type PhotoName,
} from './picture-makers.ts';

export type PictureFormat = 'avif' | 'gif' | 'jpeg' | 'png' | 'svg' | 'tiff' | 'webp';

/** One picture of the pool. */
export interface PictureRecipe {
  /** Name with extension, unique in the pool. */
  readonly name: string;
  readonly format: PictureFormat;
  /** Portraits are given to employees, logos to companies. */
  readonly use: 'portrait' | 'logo';
  /** What is special about it. */
  readonly description: string;
  /**
   * The bytes of the picture, from `folder` if it was made before, else made and left there for the next time.
   * The folder need not exist. @throws Error when the folder cannot be written
   */
  readonly make: (folder: string) => Promise<Buffer>;
}

/** Names the recipes and their encoders: when one of them changes, the pictures made before are not taken again. */
const revision = ['pictures.ts', 'picture-makers.ts']
  .reduce(
    (hash, file) => hash.update(readFileSync(new URL(file, import.meta.url))),
    createHash('sha256').update(sharp.versions.sharp ?? ''),
  )
  .digest('hex')
  .slice(0, 12);

const formats = {
  avif: 'avif',
  gif: 'gif',
  jpg: 'jpeg',
  png: 'png',
  svg: 'svg',
  tif: 'tiff',
  webp: 'webp',
} as const satisfies Record<string, PictureFormat>;

/** Drawings wait for one of two places, so that a first start leaves a core to everything else. */
const waiting: (() => void)[] = [];
let places = 2;

async function inPlace<T>(work: () => Promise<T>): Promise<T> {
  if (places > 0) places--;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else places++;
  }
}

/** Pictures being made, by file: who asks for one of them meanwhile waits for the same bytes. */
const underWay = new Map<string, Promise<Buffer>>();

async function keep(folder: string, name: string, draw: () => Sharp | Promise<Sharp>): Promise<Buffer> {
  const home = join(folder, `pictures-${revision}`);
  const file = join(home, name);
  try {
    return await readFile(file);
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!missing) throw error;
  }
  let making = underWay.get(file);
  if (!making) {
    making = inPlace(async () => {
      const bytes = await (await draw()).toBuffer();
      await mkdir(home, { recursive: true });
      // Renamed when complete: whatever stands under its own name is whole.
      const unfinished = `${file}.${randomUUID()}`;
      await writeFile(unfinished, bytes, { flush: true });
      await rename(unfinished, file);
      return bytes;
    }).finally(() => underWay.delete(file));
    underWay.set(file, making);
  }
  return making;
}

type FileName = `${string}.${keyof typeof formats}`;

function recipe(
  use: PictureRecipe['use'],
  name: FileName,
  description: string,
  make: PictureRecipe['make'],
): PictureRecipe {
  const extension = name.slice(name.lastIndexOf('.') + 1) as keyof typeof formats;
  return { name, format: formats[extension], use, description, make };
}

/** A file of the sample, delivered as it is. */
const original = (name: PhotoName, description: string): PictureRecipe =>
  recipe('portrait', `${name}.jpg`, description, () => readFile(photoFile(name)));

const made = (name: FileName, description: string, draw: () => Sharp | Promise<Sharp>): PictureRecipe =>
  recipe('portrait', name, description, (folder) => keep(folder, name, draw));

const drawn = (name: FileName, description: string, draw: () => Sharp): PictureRecipe =>
  recipe('logo', name, description, (folder) => keep(folder, name, draw));

const turned = (orientation: Orientation): PictureRecipe =>
  made(`orientation-${orientation}.jpg`, `JPEG with EXIF orientation ${orientation}, upright when obeyed`, async () =>
    (await oriented(crop('picture-1a', 360, 240), orientation)).jpeg({ quality: 82 }),
  );

const effort = 1;

/** The pool. Names are unique; the first ten are the photographs as they came. */
export const pictures: readonly PictureRecipe[] = [
  original('friends', 'two dogs at a window, upright format'),
  original('wine', 'a table with wine, upright format'),
  original('aitzgorri', 'a mountain in autumn'),
  original('life', 'a stream in the woods, much detail'),
  original('picos-de-europa', 'mountains, 4:3'),
  original('picture-0b', 'a fig in a red bowl'),
  original('picture-1a', 'paint brushes'),
  original('seeding', 'dandelions, 16:9'),
  original('sunset', 'a sunset'),
  original('umang', 'a colour gradient, few bytes for its size'),

  turned(1),
  turned(2),
  turned(3),
  turned(4),
  turned(5),
  turned(6),
  turned(7),
  turned(8),
  made('progressive.jpg', 'progressive JPEG', () => crop('seeding', 640, 480).jpeg({ progressive: true })),
  made('cmyk.jpg', 'JPEG in CMYK', () => crop('picture-0b', 480, 480).toColourspace('cmyk').jpeg({ quality: 85 })),
  made('gray.jpg', 'JPEG with one channel', () => crop('wine', 400, 500).toColourspace('b-w').jpeg({ quality: 80 })),
  made('full-colour.jpg', 'JPEG without chroma subsampling', () =>
    crop('picture-1a', 500, 500).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }),
  ),
  made('display-p3.jpg', 'JPEG in the Display P3 colour space, with profile', () =>
    crop('umang', 500, 320).withIccProfile('p3').jpeg({ quality: 88 }),
  ),
  made('exif-place.jpg', 'JPEG with author, camera and place in its EXIF data', () =>
    crop('picos-de-europa', 520, 390)
      .withExif({
        IFD0: { Artist: 'Aitzol Berasategi', Make: 'Keystamp', Copyright: 'CC BY 4.0' },
        IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '43/1 11/1 0/1', GPSLongitudeRef: 'W', GPSLongitude: '4/1 50/1 0/1' },
      })
      .jpeg(),
  ),
  made('coarse.jpg', 'JPEG of quality 20', () => whole('life', 1200).jpeg({ quality: 20 })),
  made('panorama.jpg', 'JPEG, five times as wide as high', () => crop('sunset', 1500, 300).jpeg({ quality: 80 })),
  made('tower.jpg', 'JPEG, four times as high as wide', () => crop('friends', 200, 800).jpeg({ quality: 80 })),
  made('tiny.jpg', 'JPEG of less than 2.5 kB', () => crop('friends', 64, 64).jpeg({ quality: 50 })),
  made('huge.jpg', 'JPEG of more than 4.5 MB, 8.6 megapixels', () =>
    sharp(photoFile('life')).resize(3600).sharpen().jpeg({ quality: 98, chromaSubsampling: '4:4:4' }),
  ),

  made('circle.png', 'PNG, a circle on transparent ground', () => circle('friends', 400).png()),
  made('star.png', 'PNG, a star on transparent ground', () =>
    masked(
      'picture-1a',
      360,
      360,
      '<path d="M180 8 227 125 352 134 256 214 286 336 180 270 74 336 104 214 8 134 133 125Z"/>',
    ).png(),
  ),
  made('glass.png', 'PNG, half transparent all over', () =>
    masked('sunset', 300, 200, '<rect width="300" height="200" fill-opacity="0.5"/>').png(),
  ),
  made('palette.png', 'PNG with a palette of 64 colours', () =>
    crop('picture-0b', 420, 300).png({ palette: true, colours: 64, effort: 3 }),
  ),
  made('palette-clear.png', 'PNG with a palette and transparency', () =>
    circle('seeding', 300).png({ palette: true, colours: 128, effort: 3 }),
  ),
  made('deep.png', 'PNG with 16 bits per channel', () => crop('umang', 400, 300).toColourspace('rgb16').png()),
  made('deep-clear.png', 'PNG with 16 bits per channel and transparency', () =>
    circle('umang', 240).toColourspace('rgb16').png(),
  ),
  made('gray.png', 'PNG with one channel', () => crop('aitzgorri', 400, 300).toColourspace('b-w').png()),
  made('interlaced.png', 'interlaced PNG', () => crop('wine', 300, 400).png({ progressive: true })),
  made('full.png', 'PNG of a whole photograph, more than 2 MB', () => whole('life', 1300).png({ compressionLevel: 4 })),
  made('icon.png', 'PNG of 32 × 32 pixels', () => crop('umang', 32, 32).png()),

  made('still.gif', 'GIF of one frame', () => crop('picture-1a', 320, 240).gif({ effort: 3 })),
  made('moving.gif', 'GIF of eight frames', async () =>
    (await frames('seeding', 8, 240, 180)).gif({ delay: Array<number>(8).fill(120), loop: 0, effort: 3 }),
  ),
  made('spinner.gif', 'GIF of twelve frames with transparency', async () =>
    (await spinner(12, 96, '#b5472f')).gif({ delay: Array<number>(12).fill(80), loop: 0 }),
  ),
  made('once.gif', 'GIF of four frames that plays once', async () =>
    (await frames('umang', 4, 200, 140)).gif({ delay: [400, 200, 200, 800], loop: 1, effort: 3 }),
  ),

  made('lzw-clear.tif', 'TIFF, LZW, with transparency', () =>
    circle('wine', 320).tiff({ compression: 'lzw', predictor: 'horizontal' }),
  ),
  made('pages.tif', 'TIFF of three pages', async () =>
    (await frames('picos-de-europa', 3, 300, 300)).tiff({ compression: 'lzw' }),
  ),
  made('deflate.tif', 'TIFF, deflate, tiled', () =>
    crop('friends', 320, 480).tiff({ compression: 'deflate', tile: true, tileWidth: 128, tileHeight: 128 }),
  ),
  made('plain.tif', 'TIFF without compression', () => crop('sunset', 320, 200).tiff({ compression: 'none' })),
  made('jpeg.tif', 'TIFF with JPEG compression', () =>
    crop('life', 600, 400).tiff({ compression: 'jpeg', quality: 80 }),
  ),
  made('fax.tif', 'TIFF in black and white, fax compression', () =>
    crop('picture-0b', 600, 400).threshold(120).toColourspace('b-w').tiff({ compression: 'ccittfax4', bitdepth: 1 }),
  ),
  made('cmyk.tif', 'TIFF in CMYK', () =>
    crop('picture-1a', 260, 260).toColourspace('cmyk').tiff({ compression: 'lzw' }),
  ),

  made('lossy.webp', 'WebP, lossy', () => crop('friends', 600, 800).webp({ quality: 80, effort })),
  made('lossless.webp', 'WebP, lossless', () => crop('umang', 400, 300).webp({ lossless: true, effort })),
  made('clear.webp', 'WebP, lossy with transparency', () => circle('picture-0b', 400).webp({ quality: 75, effort })),
  made('near-lossless.webp', 'WebP, almost lossless', () =>
    crop('sunset', 360, 240).webp({ nearLossless: true, quality: 60, effort }),
  ),
  made('moving.webp', 'WebP of six frames', async () =>
    (await frames('life', 6, 320, 240)).webp({ quality: 60, delay: Array<number>(6).fill(150), loop: 0, effort }),
  ),
  made('turned.webp', 'WebP with EXIF orientation 6', async () =>
    (await oriented(crop('picture-1a', 360, 240), 6)).webp({ quality: 80, effort }),
  ),

  made('lossy.avif', 'AVIF, 4:2:0', () =>
    crop('seeding', 800, 450).avif({ quality: 55, effort, chromaSubsampling: '4:2:0' }),
  ),
  made('full-colour.avif', 'AVIF, 4:4:4', () => crop('picture-1a', 480, 360).avif({ quality: 60, effort })),
  made('clear.avif', 'AVIF with transparency', () => circle('wine', 300).avif({ quality: 55, effort })),
  made('lossless.avif', 'AVIF, lossless', () => crop('umang', 240, 160).avif({ lossless: true, effort })),

  recipe('logo', 'anvil.svg', 'SVG, drawn by hand', () =>
    readFile(fileURLToPath(new URL('logo.svg', import.meta.url))),
  ),
  drawn('rings.png', 'PNG logo, transparent', () => logo('rings', '#1d6f8a', '#f28c38', 256).png()),
  drawn('peak.png', 'PNG logo, transparent', () => logo('peak', '#3b5d50', '#f3f1e7', 320).png()),
  drawn('hexagon.png', 'PNG logo with a palette', () =>
    logo('hexagon', '#5b2a86', '#f6c445', 200).png({ palette: true }),
  ),
  drawn('waves.webp', 'WebP logo, lossless', () =>
    logo('waves', '#0077b6', '#00b4d8', 256).webp({ lossless: true, effort }),
  ),
  drawn('bars.gif', 'GIF logo', () => logo('bars', '#b5472f', '#22384d', 180).gif()),
  drawn('leaf.jpg', 'JPEG logo on white', () =>
    logo('leaf', '#4c8c2b', '#e8f5d0', 300).flatten({ background: '#fff' }).jpeg({ quality: 92 }),
  ),
  drawn('key.tif', 'TIFF logo, transparent', () => logo('key', '#8a6d1d', '#22384d', 200).tiff({ compression: 'lzw' })),
  drawn('seal.avif', 'AVIF logo, transparent', () =>
    logo('rings', '#7a1d3b', '#c9a227', 256).avif({ quality: 60, effort }),
  ),
];

/**
 * Makes whatever is missing in `workFolder`, two at a time.
 * @param onProgress called after each picture with the number of those done
 * @returns the bytes of all pictures by name
 */
export async function makePictures(
  workFolder: string,
  onProgress?: (done: number) => void,
): Promise<ReadonlyMap<string, Buffer>> {
  let done = 0;
  const pool = await Promise.all(
    pictures.map(async (picture) => {
      const bytes = await picture.make(workFolder);
      onProgress?.(++done);
      return [picture.name, bytes] as const;
    }),
  );
  return new Map(pool);
}
