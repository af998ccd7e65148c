// How a picture is asked for: its format and size.
import type { Format } from './formats.ts';
import { withParams } from './picture-url.ts';

export const widths = [80, 160, 320, 640, 1280] as const;
export const fits = ['inside', 'cover', 'contain'] as const;

export interface Wanted {
  readonly format: Format;
  /** Undefined: as large as it is stored. Other fits than `inside` are squares. */
  readonly width: number | undefined;
  readonly fit: (typeof fits)[number];
}

export const urlOf = (uri: string, { format, width, fit }: Wanted): string =>
  withParams(uri, {
    $imageformat: format,
    $imagewidth: width,
    $imageheight: fit === 'inside' ? undefined : width,
    $imagefit: fit === 'inside' ? undefined : fit,
  });

/** As the attribute of an `<img>`: one URL for each width. */
export const srcsetOf = (uri: string, wanted: Wanted): string =>
  widths.map((width) => `${location.origin}${urlOf(uri, { ...wanted, width })} ${width}w`).join(', ');

/** Of the picture on its page, in CSS pixels. */
export const tallest = 440;

/** Pixels of what is delivered, as far as they can be told. Nothing is enlarged to fit inside. */
export function deliveredSize(
  { width, fit }: Wanted,
  stored: { readonly width?: number | undefined; readonly height?: number | undefined },
): { readonly width: number; readonly height: number } | undefined {
  if (fit !== 'inside' && width !== undefined) return { width, height: width };
  if (!stored.width || !stored.height) return undefined;
  const scale = width === undefined ? 1 : Math.min(1, width / stored.width);
  return { width: Math.round(stored.width * scale), height: Math.round(stored.height * scale) };
}
