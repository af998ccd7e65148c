// The formats that a picture can be asked for in.

export const formats = ['best', 'webp', 'avif', 'jpeg', 'png', 'gif', 'tiff'] as const;

export type Format = (typeof formats)[number];

export const formatNotes: Readonly<Record<Format, string>> = {
  best: 'as it is stored, or what the browser can show',
  webp: 'small, every browser of today',
  avif: 'smallest, slower to make',
  jpeg: 'everywhere, without transparency',
  png: 'lossless',
  gif: 'moving pictures',
  tiff: 'for print',
};
