// The entities at the other end: how many, the first of them, and the way to all.
import type { WireSelection } from '@keystamp/client';
import type { ReactNode } from 'react';
import { dataClassOf, labelOf, useCatalog } from '../../api/catalog.ts';
import { ask } from '../../api/connection.ts';
import { href } from '../../route.ts';
import { Link } from '../../ui/link.tsx';
import { useLoaded } from '../../ui/use-loaded.ts';
import { Icon } from '../../ui/icon.tsx';
import { deferredOf } from '../../api/wire.ts';
import type { InputProps, ViewProps } from '../cell.ts';

const mostShown = 5;

/** In a row there is no room for more than that there may be some. */
export function RelatedEntitiesView({ value, attribute }: ViewProps): ReactNode {
  return <span className="muted">{deferredOf(value) ? attribute.target : ''}</span>;
}

/** A relation to many is not edited here: it is the other end's relation to one that is. */
export function RelatedEntitiesInput({ id, attribute, dataClass, entityKey, describedBy }: InputProps): ReactNode {
  const catalog = useCatalog();
  const target = dataClassOf(catalog, attribute.target ?? '');
  const [loaded] = useLoaded(`${dataClass.name}(${entityKey})/${attribute.name}`, (signal) =>
    entityKey === undefined || !target || attribute.inverseName === undefined
      ? Promise.resolve(undefined)
      : ask<WireSelection>(target.path, {
          params: {
            $filter: inverseFilter(attribute.inverseName, dataClass.key, entityKey),
            $top: mostShown,
            $attributes: target.labels.length > 0 ? target.labels.join(',') : target.key.join(','),
          },
          signal,
          quiet: true,
        }),
  );
  if (entityKey === undefined || !target) return <p className="muted">Once the entity is saved</p>;
  const page = loaded.kind === 'ready' ? loaded.value : undefined;
  return (
    <div className="related" id={id} role="group" aria-labelledby={`${id}-label`} aria-describedby={describedBy}>
      {loaded.kind === 'failed' && <p className="muted">Cannot be read</p>}
      {page?.__COUNT === 0 && <p className="muted">None</p>}
      {page?.__ENTITIES.map((entity) => (
        <Link
          key={entity.__KEY}
          className="relation"
          to={href({ kind: 'entity', dataClass: target.name, key: String(entity.__KEY) })}
        >
          {labelOf(target, entity)}
        </Link>
      ))}
      {page && page.__COUNT > 0 && attribute.inverseName !== undefined && (
        <Link
          className="all"
          to={href(
            { kind: 'dataClass', dataClass: target.name },
            { $filter: inverseFilter(attribute.inverseName, dataClass.key, entityKey) },
          )}
        >
          {page.__COUNT > 1 ? `All ${page.__COUNT.toLocaleString('en')}` : 'In the list'} <Icon name="right" />
        </Link>
      )}
    </div>
  );
}

/** The filter whose answer is this relation. */
export function inverseFilter(inverse: string, key: readonly string[], entityKey: string): string {
  const literal = /^-?\d+$/.test(entityKey) ? entityKey : `'${entityKey}'`;
  return key.length === 1 ? `${inverse}.${key[0]} = ${literal}` : `${inverse} = ${literal}`;
}
