// The picture formats: one row each with its names and what can be done with it. Everything that depends on a format
// asks this table; sniffing looks at the bytes alone, never at what a client says they are.
import { isSvg } from './svg.ts';

interface FormatRow {
  /** MIME type of the answer. */
  readonly mediaType: string;
  /** File extension without dot. */
  readonly extension: string;
  /** Other spellings of `$imageformat`, lower case; the name, `.name` and the MIME type need no mention. */
  readonly aliases: readonly string[];
  /** The first bytes of a file are of this format. */
  readonly sniff: (bytes: Uint8Array) => boolean;
  /** Pictures of this format can be turned into another. */
  readonly decodes: boolean;
  /** Pictures can be turned into this format. */
  readonly encodes: boolean;
  /** `best` delivers the stored bytes (spec 10 § 3.2). */
  readonly best: boolean;
  /** The format can hold transparency. */
  readonly alpha: boolean;
  /** Quality of the encoder when none is asked, 1–100; absent where the format has no quality. */
  readonly quality?: number;
  /** Longest side in pixels that the encoder can write. */
  readonly maxSide: number;
}

const ascii = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));

const startsWith =
  (...signatures: readonly string[]) =>
  (bytes: Uint8Array): boolean =>
    signatures.some((signature) => ascii(bytes, 0, signature.length) === signature);

/** Brands of the `ftyp` box at the start of an AVIF or HEIC file, the major one first; empty for other files. */
function brands(bytes: Uint8Array): readonly string[] {
  if (ascii(bytes, 4, 8) !== 'ftyp') return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = Math.min(view.getUint32(0), bytes.length, 256);
  const found = [ascii(bytes, 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) found.push(ascii(bytes, at, at + 4));
  return found;
}

const isAvif = (bytes: Uint8Array): boolean => brands(bytes).some((brand) => brand === 'avif' || brand === 'avis');
const heicBrands = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs', 'mif1', 'msf1']);

/** `BM` alone would take any text that starts so: the reserved field and the size of the second header must fit too. */
function isBmp(bytes: Uint8Array): boolean {
  if (ascii(bytes, 0, 2) !== 'BM' || bytes.length < 26) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getUint32(6) === 0 && [12, 16, 40, 52, 56, 64, 108, 124].includes(view.getUint32(14, true));
}

const unlimited = Number.MAX_SAFE_INTEGER;
const lossless = { decodes: true, encodes: true, alpha: true } as const;
const opaqueText = { decodes: false, encodes: false, alpha: true, maxSide: 0 } as const;

/** Spec 10 § 3 and DECISIONS P6. The order is that of sniffing. */
export const imageFormats = {
  jpeg: {
    mediaType: 'image/jpeg',
    extension: 'jpeg',
    aliases: ['jpg', '.jpg', 'image/jpg'],
    sniff: startsWith('\xff\xd8\xff'),
    decodes: true,
    encodes: true,
    best: true,
    alpha: false,
    quality: 90,
    maxSide: 65_500,
  },
  png: {
    mediaType: 'image/png',
    extension: 'png',
    aliases: ['pngf'],
    sniff: startsWith('\x89PNG\r\n\x1a\n'),
    best: true,
    maxSide: 1_000_000,
    ...lossless,
  },
  gif: {
    mediaType: 'image/gif',
    extension: 'gif',
    aliases: ['giff'],
    sniff: startsWith('GIF87a', 'GIF89a'),
    best: true,
    maxSide: 65_535,
    ...lossless,
  },
  tiff: {
    mediaType: 'image/tiff',
    extension: 'tiff',
    aliases: ['tif', '.tif'],
    sniff: startsWith('II*\0', 'MM\0*', 'II+\0', 'MM\0+'),
    best: false,
    maxSide: unlimited,
    ...lossless,
  },
  webp: {
    mediaType: 'image/webp',
    extension: 'webp',
    aliases: [],
    sniff: (bytes) => ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP',
    decodes: true,
    encodes: true,
    best: true,
    alpha: true,
    quality: 80,
    maxSide: 16_383,
  },
  avif: {
    mediaType: 'image/avif',
    extension: 'avif',
    aliases: [],
    sniff: isAvif,
    decodes: true,
    encodes: true,
    best: true,
    alpha: true,
    quality: 50,
    maxSide: 16_384,
  },
  heic: {
    mediaType: 'image/heic',
    extension: 'heic',
    aliases: ['heif', '.heif', 'image/heif'],
    sniff: (bytes) => !isAvif(bytes) && brands(bytes).some((brand) => heicBrands.has(brand)),
    best: false,
    ...opaqueText,
  },
  pdf: {
    mediaType: 'application/pdf',
    extension: 'pdf',
    aliases: [],
    sniff: startsWith('%PDF-'),
    best: true,
    ...opaqueText,
  },
  bmp: {
    mediaType: 'image/bmp',
    extension: 'bmp',
    aliases: ['image/x-ms-bmp'],
    sniff: isBmp,
    best: false,
    ...opaqueText,
  },
  svg: {
    mediaType: 'image/svg+xml',
    extension: 'svg',
    // A plus in a query is read as a space when nothing else tells which it is.
    aliases: ['image/svg xml'],
    sniff: isSvg,
    best: true,
    ...opaqueText,
  },
} as const satisfies Record<string, FormatRow>;

/** Canonical name of a format. */
export type ImageFormat = keyof typeof imageFormats;

/** A format that conversions can write. */
export type WritableFormat = {
  [F in ImageFormat]: (typeof imageFormats)[F]['encodes'] extends true ? F : never;
}[ImageFormat];

/** What `$imageformat` asks for: the choices in order of preference, at least one, none twice. */
export type FormatAsked = readonly (ImageFormat | 'best')[];

const names = Object.keys(imageFormats) as readonly ImageFormat[];

/** The facts of a format. */
export const formatRow = (format: ImageFormat): FormatRow => imageFormats[format];

/** MIME type of a format, for instance `image/jpeg`. */
export const mediaTypeOf = (format: ImageFormat): string => imageFormats[format].mediaType;

/** Conversions can write this format. */
export const isWritable = (format: ImageFormat): format is WritableFormat => imageFormats[format].encodes;

const byMediaType = new Map<string, ImageFormat>(names.map((name) => [mediaTypeOf(name), name]));

/** The format of a stored MIME type (as `mediaTypeOf` gives it); `undefined` when it is none of ours. */
export const formatOfMediaType = (mediaType: string): ImageFormat | undefined => byMediaType.get(mediaType);

/** The one choice `best`: what uris carry and what a picture is read as when nothing else is asked. */
export const bestAsked: FormatAsked = ['best'];

/** Every spelling in lower case, with the answer for it alone, so that the common request allocates nothing. */
const spellings = new Map<string, FormatAsked>([['best', bestAsked]]);
for (const name of names) {
  const asked: FormatAsked = [name];
  for (const text of [name, `.${name}`, mediaTypeOf(name), ...formatRow(name).aliases]) spellings.set(text, asked);
}

/**
 * The value of `$imageformat` (spec 10 § 3 and 3.1): a name, extension, MIME type or OS type in any case, or a
 * `;`-separated list of them. Unknown members of a list are skipped; `undefined` when no member is known.
 */
export function parseImageFormat(text: string): FormatAsked | undefined {
  const single = spellings.get(text) ?? spellings.get(text.trim().toLowerCase());
  if (single || !text.includes(';')) return single;
  const choices = new Set<ImageFormat | 'best'>();
  for (const part of text.split(';')) {
    const choice = spellings.get(part.trim().toLowerCase())?.[0];
    if (choice) choices.add(choice);
  }
  return choices.size > 0 ? [...choices] : undefined;
}

/** A parsed `$imageformat` in canonical spelling, as canonical URLs carry it (spec 10 § 9.3). */
export const printImageFormat = (asked: FormatAsked): string => asked.join(';');

/** The format of a file by its content; `undefined` when it is none of ours. */
export function sniffFormat(bytes: Uint8Array): ImageFormat | undefined {
  return names.find((name) => imageFormats[name].sniff(bytes));
}
