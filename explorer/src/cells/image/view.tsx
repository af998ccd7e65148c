import type { ReactNode } from 'react';
import { deferredOf } from '../../api/wire.ts';
import { Thumbnail } from '../../picture/thumbnail.tsx';
import { NullView } from '../null-view.tsx';
import type { ViewProps } from '../cell.ts';

/** CSS pixels of a picture in a line and in a form. */
export const thumbnailSize = { grid: 32, line: 32, form: 240 } as const;

export function ImageView({ value, attribute, place }: ViewProps): ReactNode {
  const picture = deferredOf(value);
  if (!picture) return <NullView />;
  return <Thumbnail picture={picture} size={thumbnailSize[place]} name={attribute.name} />;
}
