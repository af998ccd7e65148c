// Entities that a function returned: one with its attributes, several as a table.
import type { WireEntity, WireSelection } from '@keystamp/client';
import type { ReactNode } from 'react';
import { dataClassOf, labelOf, useCatalog, type Attribute, type DataClass } from '../api/catalog.ts';
import { cellOf } from '../cells/cells.ts';
import { href } from '../route.ts';
import { Link } from '../ui/link.tsx';
import { printNumber } from '../ui/print.ts';

/** Attributes of the answer, as the catalog describes them. */
const shown = (dataClass: DataClass | undefined, entity: WireEntity): readonly Attribute[] =>
  (dataClass?.attributes ?? []).filter(({ name, value }) => name in entity && value !== 'relatedEntities');

export function OneEntity({ entity }: { readonly entity: WireEntity }): ReactNode {
  const dataClass = dataClassOf(useCatalog(), entity.__DATACLASS ?? '');
  return (
    <div className="call-entity">
      <p>
        <EntityLink dataClass={dataClass} entity={entity} />
      </p>
      <dl className="facts">
        {shown(dataClass, entity).map((attribute) => {
          const { View } = cellOf(attribute);
          return (
            <div key={attribute.name} data-attribute={attribute.name}>
              <dt>{attribute.name}</dt>
              <dd>
                <View value={entity[attribute.name] ?? null} attribute={attribute} place="line" />
              </dd>
            </div>
          );
        })}
      </dl>
    </div>
  );
}

/** Columns that a result is worth on one screen. */
const mostColumns = 8;

export function Entities({
  selection: { __DATACLASS = '', __ENTITIES, __COUNT },
}: {
  readonly selection: WireSelection;
}): ReactNode {
  const dataClass = dataClassOf(useCatalog(), __DATACLASS);
  const [first] = __ENTITIES;
  if (!first) return <p className="muted">The selection is empty.</p>;
  const columns = shown(dataClass, first)
    .filter(({ value, multiLine, name }) => !multiLine && value !== 'object' && !dataClass?.labels.includes(name))
    .slice(0, mostColumns);
  return (
    <>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={`Entities of ${__DATACLASS}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">{__DATACLASS}</th>
              {columns.map((attribute) => (
                <th key={attribute.name} scope="col" className={cellOf(attribute).align}>
                  {attribute.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {__ENTITIES.map((entity, at) => (
              <tr key={entity.__KEY ?? at}>
                <td>
                  <EntityLink dataClass={dataClass} entity={entity} />
                </td>
                {columns.map((attribute) => {
                  const { View } = cellOf(attribute);
                  return (
                    <td key={attribute.name} className={cellOf(attribute).align}>
                      <View value={entity[attribute.name] ?? null} attribute={attribute} place="line" />
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {__ENTITIES.length < __COUNT && (
        <p className="muted">
          The first {printNumber(__ENTITIES.length)} of {printNumber(__COUNT)}.
        </p>
      )}
    </>
  );
}

function EntityLink({
  dataClass,
  entity,
}: {
  readonly dataClass: DataClass | undefined;
  readonly entity: WireEntity;
}): ReactNode {
  const { __KEY: key } = entity;
  if (!dataClass) return key ?? 'an entity';
  const label = labelOf(dataClass, entity);
  if (key === undefined) return label;
  return (
    <Link className="relation" to={href({ kind: 'entity', dataClass: dataClass.name, key })}>
      {label}
    </Link>
  );
}
