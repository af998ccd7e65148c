// The JSON of entities as JSON Schema (OpenAPI 3.1): what reads answer and what saves take (spec 03 § 2.2, 06 § 1).
import {
  isMedia,
  type AttributeDef,
  type CalculatedDef,
  type DataClassDef,
  type StorageDef,
  type StorageType,
} from '../../model/model.ts';
import type { CatalogSight } from '../../plan/catalog-plan.ts';

export type Schema = Readonly<Record<string, unknown>>;

export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** Names of the schemas that belong to a dataclass. */
export const schemaNames = ({ name }: DataClassDef) =>
  ({ entity: name, input: `${name}_input`, page: `${name}_page` }) as const;

/** Schemas that every datastore has. */
export const commonSchemas: Readonly<Record<string, Schema>> = {
  Deferred: {
    type: 'object',
    description: 'A link to what is not sent: a related entity, related entities or a BLOB.',
    properties: {
      __deferred: {
        type: 'object',
        properties: { uri: { type: 'string' }, __KEY: { type: 'string' } },
        required: ['uri'],
      },
    },
    required: ['__deferred'],
  },
  DeferredImage: {
    type: 'object',
    description: 'Where a picture is. The uri carries its version number, so whoever keeps it never shows an old one.',
    properties: {
      __deferred: {
        type: 'object',
        properties: {
          uri: { type: 'string' },
          image: { type: 'boolean' },
          mediatype: { type: 'string' },
          width: { type: 'integer' },
          height: { type: 'integer' },
          size: { type: 'integer' },
          thumbhash: { type: 'string' },
        },
        required: ['uri'],
      },
    },
    required: ['__deferred'],
  },
  UploadId: {
    type: 'object',
    description: 'Bytes that were sent ahead.',
    properties: { ID: { type: 'string' } },
    required: ['ID'],
  },
  KeyOnly: { type: 'object', properties: { __KEY: { type: ['string', 'integer'] } }, required: ['__KEY'] },
  ErrorItem: {
    type: 'object',
    properties: {
      message: { type: 'string' },
      componentSignature: { type: 'string' },
      errCode: { type: 'integer' },
    },
    required: ['message', 'errCode'],
  },
  Errors: {
    type: 'object',
    properties: { __ERROR: { type: 'array', items: ref('ErrorItem') } },
    required: ['__ERROR'],
  },
  Status: {
    type: 'object',
    properties: { success: { type: 'boolean' }, status: { type: 'integer' }, statusText: { type: 'string' } },
    required: ['success'],
  },
  Ok: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
  FunctionResult: {
    type: 'object',
    description: 'A scalar, object or array stands in `result`; an entity or a page of entities stands for itself.',
    properties: { result: {}, __ERROR: { type: 'array', items: ref('ErrorItem') } },
  },
};

const integer = (bits: 8 | 16 | 32): Schema => ({
  type: 'integer',
  minimum: -(2 ** (bits - 1)),
  maximum: 2 ** (bits - 1) - 1,
});
/** Beyond what a JSON number holds exactly it comes as text. */
const wholeNumber: Schema = { type: ['integer', 'string'] };

/** The schema of a value that is not null. */
const valueSchemas = {
  string: () => ({ type: 'string' }),
  text: () => ({ type: 'string' }),
  uuid: () => ({ type: 'string', pattern: '^[0-9A-F]{32}$' }),
  bool: () => ({ type: 'boolean' }),
  byte: () => integer(8),
  word: () => integer(16),
  long: () => integer(32),
  long64: () => wholeNumber,
  number: () => ({ type: 'number' }),
  duration: () => ({ ...wholeNumber, description: 'milliseconds' }),
  date: ({ simpleDate }) =>
    simpleDate
      ? { type: 'string', pattern: '^\\d{1,2}!\\d{1,2}!\\d{1,4}$', description: 'day!month!year' }
      : { type: 'string', format: 'date-time' },
  object: () => ({ description: 'any JSON' }),
  image: () => ref('DeferredImage'),
  blob: () => ref('Deferred'),
} as const satisfies Record<StorageType, (attribute: StorageDef) => Schema>;

function constraints({ minLength, maxLength, fixedLength, minValue, maxValue, pattern }: StorageDef): Schema {
  return {
    ...((fixedLength ?? minLength) !== undefined && { minLength: fixedLength ?? minLength }),
    ...((fixedLength ?? maxLength) !== undefined && { maxLength: fixedLength ?? maxLength }),
    ...(typeof minValue === 'number' && { minimum: minValue }),
    ...(typeof maxValue === 'number' && { maximum: maxValue }),
    ...(pattern && { pattern: `^(?:${pattern.source})$` }),
  };
}

/** The same, or null. */
function orNull(schema: Schema): Schema {
  const { type, ...rest } = schema;
  if (typeof type === 'string') return { type: [type, 'null'], ...rest };
  if (Array.isArray(type)) return { type: [...new Set([...(type as readonly string[]), 'null'])], ...rest };
  return '$ref' in schema ? { anyOf: [schema, { type: 'null' }] } : schema;
}

function readSchema(attribute: AttributeDef, shown: (dataClass: DataClassDef) => boolean): Schema {
  switch (attribute.kind) {
    case 'storage': {
      const schema = valueSchemas[attribute.type](attribute);
      return attribute.notNull || attribute.primKey ? schema : orNull(schema);
    }
    case 'relatedEntity': {
      const full = shown(attribute.target) ? [ref(schemaNames(attribute.target).entity)] : [];
      return { anyOf: [ref('Deferred'), ...full, { type: 'null' }] };
    }
    case 'relatedEntities':
      return selectionSchema(attribute.target, shown);
    case 'calculated':
      return resultSchema(attribute, shown);
    case 'alias':
      if (attribute.many) return selectionSchema(attribute.target, shown);
      // Somewhere on its way there may be nothing.
      return orNull(readSchema(attribute.end, shown));
    default:
      return attribute satisfies never;
  }
}

function resultSchema({ result }: CalculatedDef, shown: (dataClass: DataClassDef) => boolean): Schema {
  switch (result.kind) {
    case 'value':
      return orNull(valueSchemas[result.shape.type](result.shape));
    case 'entity': {
      const full = shown(result.target) ? [ref(schemaNames(result.target).entity)] : [];
      return { anyOf: [ref('Deferred'), ...full, { type: 'null' }] };
    }
    case 'selection':
      return selectionSchema(result.target, shown);
    default:
      return result satisfies never;
  }
}

function selectionSchema(target: DataClassDef, shown: (dataClass: DataClassDef) => boolean): Schema {
  const full = shown(target) ? [ref(schemaNames(target).page)] : [];
  return { anyOf: [ref('Deferred'), ...full] };
}

/** `undefined` for what a save does not take. */
function inputSchema(attribute: AttributeDef): Schema | undefined {
  switch (attribute.kind) {
    case 'storage':
      if (attribute.readOnly) return undefined;
      return orNull(
        isMedia(attribute)
          ? ref('UploadId')
          : { ...valueSchemas[attribute.type](attribute), ...constraints(attribute) },
      );
    case 'relatedEntity':
      return { anyOf: [ref('KeyOnly'), { type: ['string', 'integer', 'null'] }] };
    case 'relatedEntities':
      return undefined;
    case 'calculated':
      return attribute.set && attribute.result.kind === 'value'
        ? orNull(valueSchemas[attribute.result.shape.type](attribute.result.shape))
        : undefined;
    case 'alias':
      return attribute.many || attribute.steps.length > 0 ? undefined : inputSchema(attribute.end);
    default:
      return attribute satisfies never;
  }
}

const present = (properties: Readonly<Record<string, Schema | undefined>>): Schema =>
  Object.fromEntries(Object.entries(properties).filter(([, schema]) => schema !== undefined));

/** The schemas of a dataclass: an entity, what a save takes, a page. */
export function classSchemas(dataClass: DataClassDef, sight: CatalogSight): Readonly<Record<string, Schema>> {
  const { entity, input, page } = schemaNames(dataClass);
  const attributes = [...dataClass.attributes.values()].filter((attribute) => sight.showsAttribute(attribute));
  const each = (schema: (attribute: AttributeDef) => Schema | undefined): Schema =>
    present(Object.fromEntries(attributes.map((attribute) => [attribute.name, schema(attribute)])));
  return {
    [entity]: {
      type: 'object',
      properties: {
        __KEY: { type: 'string' },
        __STAMP: { type: 'integer', description: 'Sent back with a save, it must be the stored one.' },
        __TIMESTAMP: { type: 'string', format: 'date-time' },
        ...each((attribute) => readSchema(attribute, (target) => sight.showsClass(target))),
      },
    },
    [input]: {
      type: 'object',
      properties: {
        __KEY: { type: ['string', 'integer'], description: 'The entity to change; without it one is created.' },
        __STAMP: { type: 'integer' },
        ...each(inputSchema),
      },
    },
    [page]: {
      type: 'object',
      properties: {
        __ENTITYSET: { type: 'string' },
        __DATACLASS: { type: 'string' },
        __GlobalStamp: { type: 'integer' },
        __COUNT: { type: 'integer', description: 'entities of the selection' },
        __SENT: { type: 'integer' },
        __FIRST: { type: 'integer' },
        __ENTITIES: { type: 'array', items: ref(entity) },
      },
      required: ['__COUNT', '__SENT', '__FIRST', '__ENTITIES'],
    },
  };
}
