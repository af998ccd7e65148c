// The catalog: what dataclasses and attributes there are (spec 02). Made from the model alone.
import type { Config } from '../config.ts';
import { printedType } from '../model/attribute-types.ts';
import {
  writtenStorage,
  type AliasDef,
  type AttributeDef,
  type CalculatedDef,
  type DataClassDef,
  type Model,
  type StorageDef,
} from '../model/model.ts';
import { classMethods, singletons, storeMethods } from './catalog-methods.ts';
import type { CatalogOutcome } from '../run/outcome.ts';
import type { HttpReply } from './http-reply.ts';
import { dataReply } from './json.ts';
import { replyOpenApi } from './openapi/openapi.ts';

type Printed = Record<string, unknown>;

export function replyCatalog(outcome: CatalogOutcome, config: Config): HttpReply {
  const { model, classes, form, uniqueId } = outcome;
  if (form === 'openapi') return replyOpenApi(outcome);
  const dataClasses = classes.map((dataClass) =>
    form === 'full' ? printClass(dataClass, outcome, config) : printName(dataClass, outcome),
  );
  return dataReply(
    JSON.stringify({
      ...printStore(model, uniqueId),
      ...storeMethods(outcome),
      ...singletons(outcome, config),
      dataClasses,
    }),
  );
}

const printStore = (model: Model, uniqueId: string): Printed => ({
  __UNIQID: uniqueId,
  __NAME: model.name,
  properties: { supportJSONEntityKey: true },
});

const printName = ({ name }: DataClassDef, { catalogUri, dataUri }: CatalogOutcome): Printed => ({
  name,
  uri: `${catalogUri}/${name}`,
  dataURI: `${dataUri}/${name}`,
});

function printClass(dataClass: DataClassDef, outcome: CatalogOutcome, config: Config): Printed {
  const { metadata, dataUri, sight } = outcome;
  const { name, tableNumber, defaultTopSize, attributes, key } = dataClass;
  return {
    name,
    className: name,
    collectionName: collectionNameOf(dataClass, config),
    tableNumber,
    exposed: true,
    scope: 'public',
    dataURI: `${dataUri}/${name}`,
    ...(defaultTopSize !== 100 && { defaultTopSize }),
    attributes: [...attributes.values()]
      .filter((attribute) => sight.showsAttribute(attribute))
      .map((attribute) => printAttribute(attribute, metadata, config)),
    ...classMethods(dataClass, outcome, config),
    key: key.map((part) => ({ name: part.name })),
  };
}

/** The `wakanda` dialect calls selections `EmployeeCollection` unless the model says otherwise (spec 07 § 4). */
function collectionNameOf({ name, collectionName }: DataClassDef, { dialect }: Config): string {
  return dialect === 'wakanda' && collectionName === `${name}Selection` ? `${name}Collection` : collectionName;
}

/** Numbers of the storage attributes, from 1, in model order. */
const position = (attribute: StorageDef): number => attribute.owner.storage.indexOf(attribute) + 1;

function printAttribute(attribute: AttributeDef, metadata: boolean, config: Config): Printed {
  const { name, kind } = attribute;
  switch (attribute.kind) {
    case 'storage':
      return printStorage(attribute, metadata);
    case 'relatedEntity':
      return {
        name,
        kind,
        fieldPos: position(attribute.foreignKey),
        scope: 'public',
        type: attribute.target.name,
        foreignKey: attribute.foreignKey.name,
        ...(attribute.inverse && { inverseName: attribute.inverse.name }),
        path: attribute.target.name,
      };
    case 'relatedEntities':
      return {
        name,
        kind,
        fieldPos: position(attribute.owner.key[0] as StorageDef),
        scope: 'public',
        type: collectionNameOf(attribute.target, config),
        inverseName: attribute.inverse.name,
        reversePath: true,
        path: attribute.inverse.name,
      };
    case 'alias':
      return printAlias(attribute, config);
    case 'calculated':
      return {
        name,
        kind,
        scope: 'public',
        ...resultType(attribute, config),
        ...(!attribute.set && { readOnly: true }),
      };
    default:
      return attribute satisfies never;
  }
}

/** The type of what it shows; written to only where it shows an attribute of its own class (spec 15 § 8). */
function printAlias(alias: AliasDef, config: Config): Printed {
  const { name, kind, path } = alias;
  const base = { name, kind, scope: 'public' };
  if (alias.many) return { ...base, type: collectionNameOf(alias.target, config), path, readOnly: true };
  if (alias.end.kind === 'relatedEntity') return { ...base, type: alias.end.target.name, path, readOnly: true };
  const { end } = alias;
  const type = end.kind === 'calculated' ? resultType(end, config) : valueType(end);
  return { ...base, ...type, path, ...(!writtenStorage(alias) && { readOnly: true }) };
}

const valueType = (value: StorageDef): Printed => ({
  type: printedType(value),
  ...(value.type === 'date' && { simpleDate: value.simpleDate }),
});

function resultType({ result }: CalculatedDef, config: Config): Printed {
  switch (result.kind) {
    case 'value':
      return valueType(result.shape);
    case 'entity':
      return { type: result.target.name };
    case 'selection':
      return { type: collectionNameOf(result.target, config) };
    default:
      return result satisfies never;
  }
}

function printStorage(attribute: StorageDef, metadata: boolean): Printed {
  const { name, kind, type, primKey, indexed, unique, notNull, autosequence, readOnly, minLength, maxLength } =
    attribute;
  return {
    name,
    kind,
    fieldPos: position(attribute),
    scope: 'public',
    ...((indexed || primKey) && { indexed: true }),
    ...((unique || (primKey && attribute.owner.key.length === 1)) && { unique: true }),
    ...(notNull && { not_null: true }),
    ...(metadata && notNull && { never_null: true }),
    ...(autosequence && { autosequence: true }),
    type: printedType(attribute),
    ...(type === 'date' && { simpleDate: attribute.simpleDate }),
    ...(primKey && { identifying: true }),
    ...(minLength !== undefined && { minLength }),
    ...(maxLength !== undefined && { maxLength }),
    ...(type === 'text' && { multiLine: true }),
    ...(readOnly && { readOnly: true }),
  };
}
