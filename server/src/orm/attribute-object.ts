// What code can know of an attribute (spec 16 § 6).
import { printedType } from '../model/attribute-types.ts';
import {
  publicAttribute,
  writtenStorage,
  type AliasDef,
  type AttributeDef,
  type CalculatedDef,
  type DataClassDef,
  type StorageDef,
  type StorageType,
} from '../model/model.ts';
import type { AttributeObject } from './api.ts';

/** The numbers that 4D gives to types. */
const fieldTypes = {
  string: 0,
  number: 1,
  text: 2,
  image: 3,
  date: 4,
  bool: 6,
  word: 8,
  byte: 9,
  long: 9,
  duration: 11,
  long64: 25,
  blob: 30,
  object: 38,
  uuid: 0,
} as const satisfies Record<StorageType, number>;

/** That of a selection. */
const selectionType = 42;

const position = (attribute: StorageDef): number => attribute.owner.storage.indexOf(attribute) + 1;

const ofValue = (shape: StorageDef) => ({ type: printedType(shape), fieldType: fieldTypes[shape.type] });

const ofEntity = ({ name }: DataClassDef) => ({ type: name, fieldType: fieldTypes.object, relatedDataClass: name });

const ofSelection = ({ name, collectionName }: DataClassDef) => ({
  type: collectionName,
  fieldType: selectionType,
  relatedDataClass: name,
});

function ofResult({ result }: CalculatedDef) {
  if (result.kind === 'value') return ofValue(result.shape);
  return result.kind === 'entity' ? ofEntity(result.target) : ofSelection(result.target);
}

function ofAlias(alias: AliasDef) {
  if (alias.many) return ofSelection(alias.target);
  const { end } = alias;
  if (end.kind === 'relatedEntity') return ofEntity(end.target);
  return end.kind === 'calculated' ? ofResult(end) : ofValue(end);
}

/** What stands in no column of its own. */
const withoutColumn = { fieldNumber: 0, mandatory: false } as const;

/** What is known of an attribute; frozen. */
export const attributeObject = (attribute: AttributeDef): AttributeObject => Object.freeze(factsOf(attribute));

function factsOf(attribute: AttributeDef): AttributeObject {
  const { name, kind, owner } = attribute;
  const exposed = publicAttribute(owner, name) !== undefined;
  const plain = { name, kind, exposed, unique: false, indexed: false, keywordIndexed: false, autoFilled: false };
  switch (attribute.kind) {
    case 'storage':
      return {
        ...plain,
        ...ofValue(attribute),
        fieldNumber: position(attribute),
        mandatory: attribute.notNull,
        unique: attribute.unique || attribute.primKey,
        indexed: attribute.indexed || attribute.primKey,
        keywordIndexed: attribute.keywords,
        autoFilled: attribute.autosequence || attribute.autogenerate,
        readOnly: attribute.readOnly,
      };
    case 'relatedEntity': {
      const { target, foreignKey, inverse } = attribute;
      return {
        ...plain,
        ...ofEntity(target),
        fieldNumber: position(foreignKey),
        mandatory: foreignKey.notNull,
        indexed: foreignKey.indexed,
        readOnly: false,
        ...(inverse && { inverseName: inverse.name }),
      };
    }
    case 'relatedEntities': {
      const { target, inverse } = attribute;
      const fieldNumber = position(owner.key[0] as StorageDef);
      return {
        ...plain,
        ...ofSelection(target),
        fieldNumber,
        mandatory: false,
        readOnly: true,
        inverseName: inverse.name,
      };
    }
    case 'calculated':
      return { ...plain, ...withoutColumn, ...ofResult(attribute), readOnly: !attribute.set };
    case 'alias': {
      const readOnly = writtenStorage(attribute) === undefined;
      return { ...plain, ...withoutColumn, ...ofAlias(attribute), readOnly, path: attribute.path };
    }
    default:
      return attribute satisfies never;
  }
}

/** A path, given as a text or as an attribute. */
export const pathOf = (path: string | AttributeObject): string => (typeof path === 'string' ? path : path.name);
