// The result of a call: a value as JSON, entities as entities, bytes as a picture or a file.
import { useEffect, useState, type ReactNode } from 'react';
import type { WireEntity, WireSelection } from '@keystamp/client';
import { dataClassOf, labelOf, useCatalog, type Attribute, type DataClass } from '../api/catalog.ts';
import { cellOf } from '../cells/cells.ts';
import { href } from '../route.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Link } from '../ui/link.tsx';
import { printBytes } from '../ui/print-bytes.ts';
import type { CallResult } from './call-result.ts';

export function ResultView({ result }: { readonly result: CallResult }): ReactNode {
  return (
    <section className="call-result" aria-labelledby="call-result">
      <div className="section-head">
        <h2 id="call-result">Result</h2>
        <span className="muted">
          {kindOf(result)}, {Math.max(1, Math.round(result.milliseconds))} ms
        </span>
        {result.kind === 'value' && <CopyButton text={json(result.value)} label="JSON" />}
      </div>
      <Body result={result} />
    </section>
  );
}

function Body({ result }: { readonly result: CallResult }): ReactNode {
  switch (result.kind) {
    case 'nothing':
      return <p className="muted">The function returned nothing.</p>;
    case 'value':
      return (
        <pre className="call-json" tabIndex={0} role="region" aria-label="The value">
          {json(result.value)}
        </pre>
      );
    case 'text':
      return (
        <pre className="call-json" tabIndex={0} role="region" aria-label="The text">
          {result.text}
        </pre>
      );
    case 'bytes':
      return <Bytes bytes={result.bytes} type={result.type} />;
    case 'entity':
      return <OneEntity entity={result.entity} />;
    case 'selection':
      return <Entities selection={result.selection} />;
    default:
      return result satisfies never;
  }
}

function kindOf(result: CallResult): string {
  switch (result.kind) {
    case 'nothing':
      return 'nothing';
    case 'value':
      return Array.isArray(result.value) ? 'array' : result.value === null ? 'null' : typeof result.value;
    case 'text':
      return result.type;
    case 'bytes':
      return `${result.type}, ${printBytes(result.bytes.size)}`;
    case 'entity':
      return `${result.entity.__DATACLASS ?? 'entity'}${result.entity.__KEY === undefined ? ', not saved' : ''}`;
    case 'selection':
      return `${result.selection.__COUNT} of ${result.selection.__DATACLASS ?? 'entities'}`;
    default:
      return result satisfies never;
  }
}

const json = (value: unknown): string => JSON.stringify(value, null, 2);

/** Attributes of the answer, as the catalog describes them. */
const shown = (dataClass: DataClass | undefined, entity: WireEntity): readonly Attribute[] =>
  (dataClass?.attributes ?? []).filter(({ name, value }) => name in entity && value !== 'relatedEntities');

function OneEntity({ entity }: { readonly entity: WireEntity }): ReactNode {
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
                <View value={entity[attribute.name] ?? null} attribute={attribute} place="grid" />
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

function Entities({
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
              {columns.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
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
                    <td key={attribute.name}>
                      <View value={entity[attribute.name] ?? null} attribute={attribute} place="grid" />
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
          The first {__ENTITIES.length} of {__COUNT}.
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

function Bytes({ bytes, type }: { readonly bytes: Blob; readonly type: string }): ReactNode {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(bytes);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes]);
  if (url === undefined) return null;
  return (
    <>
      {type.startsWith('image/') && <img className="call-picture" src={url} alt="What the function returned" />}
      <p>
        <a className="button" href={url} download={`result.${type.split('/')[1] ?? 'bin'}`}>
          <Icon name="download" /> Download
        </a>
      </p>
    </>
  );
}
