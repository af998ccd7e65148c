import type { ReactNode } from 'react';
import { deferredOf } from '../../api/wire.ts';
import { Icon } from '../../ui/icon.tsx';
import { printBytes } from '../../ui/print.ts';
import { NullView } from '../null-view.tsx';
import { tabStop, type ViewProps } from '../cell.ts';

export function BlobView({ value, attribute, place }: ViewProps): ReactNode {
  const blob = deferredOf(value);
  if (!blob) return <NullView />;
  const facts = [blob.mediatype, blob.size !== undefined && printBytes(blob.size)].filter(Boolean).join(', ');
  return (
    <a className="file-link" href={blob.uri} download tabIndex={tabStop(place)}>
      <Icon name="download" />
      <span className="sr-only">Download {attribute.name}: </span>
      <span className="one-line">{facts || (place === 'form' ? 'Download' : 'file')}</span>
    </a>
  );
}
