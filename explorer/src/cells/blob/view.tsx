import type { ReactNode } from 'react';
import { deferredOf } from '../../api/wire.ts';
import { Icon } from '../../ui/icon.tsx';
import { printBytes } from '../../ui/print-bytes.ts';
import { NullView } from '../null-view.tsx';
import type { ViewProps } from '../cell.ts';

export function BlobView({ value, attribute, place }: ViewProps): ReactNode {
  const blob = deferredOf(value);
  if (!blob) return <NullView />;
  const facts = [blob.mediatype, blob.size !== undefined && printBytes(blob.size)].filter(Boolean).join(', ');
  return (
    <a className="file-link" href={blob.uri} download aria-label={`Download ${attribute.name}`}>
      <Icon name="download" />
      {place === 'form' ? facts || 'Download' : facts || 'file'}
    </a>
  );
}
