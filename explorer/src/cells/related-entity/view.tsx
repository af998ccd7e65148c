// The entity at the other end, by its name, as a link.
import type { WireEntity } from '@keystamp/client';
import type { ReactNode } from 'react';
import { dataClassOf, labelOf, useCatalog } from '../../api/catalog.ts';
import { deferredOf } from '../../api/wire.ts';
import { href } from '../../route.ts';
import { Link } from '../../ui/link.tsx';
import { NullView } from '../null-view.tsx';
import { tabStop, type ViewProps } from '../cell.ts';

/** Key of what a relation holds, however it was sent. */
export function relatedKey(value: unknown): string | undefined {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  return deferredOf(value)?.__KEY ?? (value as WireEntity | null | undefined)?.__KEY;
}

export function RelatedEntityView({ value, attribute, place }: ViewProps): ReactNode {
  const catalog = useCatalog();
  const key = relatedKey(value);
  const dataClass = attribute.target === undefined ? undefined : dataClassOf(catalog, attribute.target);
  if (key === undefined || !dataClass) return <NullView />;
  const label = typeof value === 'object' ? labelOf(dataClass, { __KEY: key, ...value }) : key;
  return (
    <Link className="relation" tabIndex={tabStop(place)} to={href({ kind: 'entity', dataClass: dataClass.name, key })}>
      {label}
    </Link>
  );
}
