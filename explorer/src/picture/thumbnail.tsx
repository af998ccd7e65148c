// A small picture with its version. It is as many pixels as the screen shows, and its URL changes with its bytes.
import { useState, type ReactNode } from 'react';
import type { Deferred } from '../api/wire.ts';
import { Icon } from '../ui/icon.tsx';
import { Stamp } from '../ui/stamp.tsx';
import { isAsItIs, sizedUri, versionOf } from './picture-url.ts';

interface ThumbnailProps {
  readonly picture: Deferred;
  /** In CSS pixels: the side of a square in the grid, the longest side elsewhere. */
  readonly size: number;
  /** Of the attribute. */
  readonly name: string;
}

const smallest = 64;

export function Thumbnail({ picture, size, name }: ThumbnailProps): ReactNode {
  const { uri, mediatype, width, height } = picture;
  const fit = size <= smallest ? 'cover' : 'inside';
  const source = sizedUri(uri, mediatype, size, fit);
  const [broken, setBroken] = useState<string>();
  const version = versionOf(uri);
  const box = fit === 'cover' ? { width: size, height: size } : boxOf(size, width, height);
  const isPaper = mediatype === 'application/pdf' || broken === source;
  return (
    <span className={fit === 'cover' ? 'thumbnail small' : 'thumbnail'}>
      {isPaper ? (
        <span
          className="thumbnail-none"
          role="img"
          aria-label={`${name}, ${mediatype ?? 'a picture'} that browsers do not show`}
        >
          <Icon name="picture" />
        </span>
      ) : (
        <img
          src={source}
          alt={`${name}, version ${version ?? 'unknown'}`}
          loading={fit === 'cover' ? 'lazy' : 'eager'}
          decoding="async"
          {...box}
          className={isAsItIs(mediatype) ? 'contained' : undefined}
          onError={() => setBroken(source)}
        />
      )}
      {version !== undefined && <Stamp number={version} of="version" />}
    </span>
  );
}

/** As large as a picture will be inside a square, so that its place is there before it is; nothing is enlarged. */
function boxOf(
  size: number,
  width: number | undefined,
  height: number | undefined,
): { readonly width?: number; readonly height?: number } {
  if (!width || !height) return {};
  const scale = Math.min(1, size / width, size / height);
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}
