// What code can know of an attribute (spec 16 § 6).
import { printedType } from '../model/attribute-types.ts';
import {
  publicAttribute,
  relatedClass,
  shownStorage,
  writtenStorage,
  type AttributeDef,
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

const position = (attribute: StorageDef): number => attribute.owner.storage.indexOf(attribute) + 1;

/** What stands in no column of its own. */
const ofAlias = { fieldNumber: 0, mandatory: false, readOnly: true } as const;

/** Frozen. */
export function attributeObject(attribute: AttributeDef): AttributeObject {
  const { name, kind, owner } = attribute;
  const exposed = publicAttribute(owner, name) !== undefined;
  const plain = { name, kind, exposed, unique: false, indexed: false, keywordIndexed: false, autoFilled: false };
  switch (attribute.kind) {
    case 'storage':
      return Object.freeze({
        ...plain,
        type: printedType(attribute),
        fieldType: fieldTypes[attribute.type],
        fieldNumber: position(attribute),
        mandatory: attribute.notNull,
        unique: attribute.unique || attribute.primKey,
        indexed: attribute.indexed || attribute.primKey,
        keywordIndexed: attribute.keywords,
        autoFilled: attribute.autosequence || attribute.autogenerate,
        readOnly: attribute.readOnly,
      });
    case 'relatedEntity': {
      const { target, foreignKey, inverse } = attribute;
      return Object.freeze({
        ...plain,
        type: target.name,
        fieldType: fieldTypes.object,
        fieldNumber: position(foreignKey),
        mandatory: foreignKey.notNull,
        indexed: foreignKey.indexed,
        readOnly: false,
        ...(inverse && { inverseName: inverse.name }),
        relatedDataClass: target.name,
      });
    }
    case 'relatedEntities':
      return Object.freeze({
        ...plain,
        type: attribute.target.collectionName,
        fieldType: 42,
        fieldNumber: position(owner.key[0] as StorageDef),
        mandatory: false,
        readOnly: true,
        inverseName: attribute.inverse.name,
        relatedDataClass: attribute.target.name,
      });
    case 'calculated': {
      const { result, set } = attribute;
      const base = { ...plain, ...ofAlias, readOnly: !set };
      if (result.kind === 'value') {
        const { shape } = result;
        return Object.freeze({ ...base, type: printedType(shape), fieldType: fieldTypes[shape.type] });
      }
      const { name: relatedDataClass, collectionName } = result.target;
      return result.kind === 'entity'
        ? Object.freeze({ ...base, type: relatedDataClass, fieldType: fieldTypes.object, relatedDataClass })
        : Object.freeze({ ...base, type: collectionName, fieldType: 42, relatedDataClass });
    }
    case 'alias': {
      const { path } = attribute;
      if (!attribute.many && attribute.end.kind === 'calculated')
        return Object.freeze({ ...attributeObject(attribute.end), ...plain, readOnly: true, path });
      const target = relatedClass(attribute);
      if (target && attribute.many)
        return Object.freeze({
          ...ofAlias,
          ...plain,
          type: target.collectionName,
          fieldType: 42,
          relatedDataClass: target.name,
          path,
        });
      if (target)
        return Object.freeze({
          ...ofAlias,
          ...plain,
          type: target.name,
          fieldType: fieldTypes.object,
          relatedDataClass: target.name,
          path,
        });
      const shown = shownStorage(attribute) as StorageDef;
      const readOnly = writtenStorage(attribute) === undefined;
      return Object.freeze({
        ...ofAlias,
        ...plain,
        type: printedType(shown),
        fieldType: fieldTypes[shown.type],
        readOnly,
        path,
      });
    }
    default:
      return attribute satisfies never;
  }
}

/** A path, given as a text or as an attribute. */
export const pathOf = (path: string | AttributeObject): string => (typeof path === 'string' ? path : path.name);
