// URLs of pictures. They are made from the uri the server sent, so they carry its version number: the bytes behind one
// never change, and caches may keep them for ever.
import { withParams, type Params } from './query-string.ts';

export type ImageFormat = 'best' | 'jpeg' | 'png' | 'gif' | 'tiff' | 'webp' | 'avif' | 'svg' | 'pdf';

/** What a picture is delivered as. Without a size: as it is stored. */
export interface ImageOptions {
  readonly format?: ImageFormat;
  /** The box in pixels the picture goes into, 1 to 4096. */
  readonly width?: number;
  readonly height?: number;
  /** How it goes into the box: `inside` (default, never enlarges), `cover` or `contain`. */
  readonly fit?: 'inside' | 'cover' | 'contain';
  /** Of lossy formats, 1 to 100. */
  readonly quality?: number;
}

/** The parameters of the protocol for these options. */
export const imageParams = ({ format, width, height, fit, quality }: ImageOptions): Params => ({
  $imageformat: format,
  $imagewidth: width,
  $imageheight: height,
  $imagefit: fit,
  $imagequality: quality,
});

/** The uri of a picture with these options; `$version` and whatever is not named stay as they are. */
export const imageUri = (uri: string, options: ImageOptions = {}): string => withParams(uri, imageParams(options));

/** One picture in several widths, for `<img srcset>`. */
export interface SrcsetOptions extends Omit<ImageOptions, 'width' | 'height'> {
  /** In pixels. */
  readonly widths: readonly number[];
  /** Height by width, such as `9 / 16`, for pictures that are cut to a shape. */
  readonly ratio?: number;
}

/** `… 80w, … 160w`. */
export const srcsetOf = (uri: string, { widths, ratio, ...options }: SrcsetOptions): string =>
  widths
    .map((width) => {
      const height = ratio === undefined ? {} : { height: Math.round(width * ratio) };
      return `${imageUri(uri, { ...options, width, ...height })} ${width}w`;
    })
    .join(', ');

/** What tells pictures apart: the uri without its parameters. */
export const pictureName = (uri: string): string => uri.split('?', 1)[0] as string;

/** The version number in a picture's uri, -1 without one. */
export const versionOf = (uri: string): number => Number(/[?&]\$version=(\d+)/.exec(uri)?.[1] ?? -1);
