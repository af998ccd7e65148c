// The entities at the other end: how many, the first of them, and the way to all.
import type { WireSelection } from '@keystamp/client';
import { useEffect, type ReactNode } from 'react';
import { dataClassOf, labelOf, useCatalog, type DataClass } from '../../api/catalog.ts';
import { concerns, onChanges } from '../../api/changes.ts';
import { ask } from '../../api/connection.ts';
import { deferredOf } from '../../api/wire.ts';
import { href } from '../../route.ts';
import { Icon } from '../../ui/icon.tsx';
import { Link } from '../../ui/link.tsx';
import { printNumber } from '../../ui/print.ts';
import { useLoaded } from '../../ui/use-loaded.ts';
import type { InputProps, ViewProps } from '../cell.ts';

const mostShown = 5;

/** In a row there is no room for more than that there may be some. */
export function RelatedEntitiesView({ value, attribute }: ViewProps): ReactNode {
  return <span className="muted">{deferredOf(value) ? attribute.target : ''}</span>;
}

/** A relation to many is not edited here: it is the other end's relation to one that is. */
export function RelatedEntitiesInput({ id, attribute, dataClass, entityKey, describedBy }: InputProps): ReactNode {
  const target = dataClassOf(useCatalog(), attribute.target ?? '');
  const { inverseName } = attribute;
  return (
    <div className="related" id={id} role="group" aria-labelledby={`${id}-label`} aria-describedby={describedBy}>
      {entityKey === undefined || !target || inverseName === undefined ? (
        <p className="muted">Once the entity is saved</p>
      ) : (
        <Members target={target} filter={inverseFilter(inverseName, dataClass.key, entityKey)} />
      )}
    </div>
  );
}

/** @param filter finds them */
function Members({ target, filter }: { readonly target: DataClass; readonly filter: string }): ReactNode {
  const [loaded, reload] = useLoaded(`${target.path} ${filter}`, (signal) =>
    ask<WireSelection>(target.path, {
      params: {
        $filter: filter,
        $top: mostShown,
        $attributes: (target.labels.length > 0 ? target.labels : target.key).join(','),
      },
      signal,
      quiet: true,
    }),
  );
  useEffect(
    () => onChanges((changes) => changes.some((change) => concerns(change, target.name)) && reload()),
    [target, reload],
  );
  if (loaded.kind === 'loading') return <span className="bone" />;
  if (loaded.kind === 'failed') return <p className="muted">Cannot be read</p>;
  const { __COUNT: count, __ENTITIES: entities } = loaded.value;
  if (count === 0) return <p className="muted">None</p>;
  return (
    <>
      {entities.map((entity) => (
        <Link
          key={entity.__KEY}
          className="relation"
          to={href({ kind: 'entity', dataClass: target.name, key: String(entity.__KEY) })}
        >
          {labelOf(target, entity)}
        </Link>
      ))}
      <Link className="all" to={href({ kind: 'dataClass', dataClass: target.name }, { $filter: filter })}>
        {count > 1 ? `All ${printNumber(count)}` : 'In the list'} <Icon name="right" />
      </Link>
    </>
  );
}

/** The filter whose answer is this relation. */
function inverseFilter(inverse: string, key: readonly string[], entityKey: string): string {
  const literal = /^-?\d+$/.test(entityKey) ? entityKey : `'${entityKey}'`;
  return key.length === 1 ? `${inverse}.${key[0]} = ${literal}` : `${inverse} = ${literal}`;
}
