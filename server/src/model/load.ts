// Model file → Model. Every fault is found in one pass and told with its path.
import { aliasDef } from './alias.ts';
import { assignValue } from './attribute-types.ts';
import { checkCalculated, checkCode } from './check-code.ts';
import { checkDefinition } from './check.ts';
import { isImplemented, type Code, type Functions, type SingletonCode } from './code.ts';
import type {
  AliasDefinition,
  AttributeDefinition,
  DataClassDefinition,
  ModelDefinition,
  RelatedEntitiesDefinition,
  StorageDefinition,
} from './definition.ts';
import {
  attributeEvents,
  entityEvents,
  type AttributeDef,
  type CalculatedDef,
  type EventFunction,
  type EventsDef,
  type DataClassDef,
  type FunctionDef,
  type FunctionLevel,
  type FunctionMap,
  type Json,
  type Model,
  type RelatedEntitiesDef,
  type RelatedEntityDef,
  type SingletonDef,
  type StorageDef,
  type Value,
} from './model.ts';
import { deletedRecordsDefinition, deletedRecordsName, globalStampDefinition, globalStampName } from './tracking.ts';

/** The model cannot be used; `faults` holds one line per fault, each beginning with its path. */
export class ModelError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The model has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n  ${faults.join('\n  ')}`);
    this.name = 'ModelError';
    this.faults = faults;
  }
}

/** Names of the views of tables whose stamps are kept beside them begin so. */
export const sideViewPrefix = 'keystamp_view_';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface DraftClass extends Mutable<DataClassDef> {
  attributes: Map<string, AttributeDef>;
  storage: StorageDef[];
  key: StorageDef[];
  images: StorageDef[];
  onTargetDrop: RelatedEntityDef[];
}

/**
 * Builds the model from what the model file exports: a plain model, or a model with its code (`implement`).
 * @throws ModelError with all faults (DECISIONS P11)
 */
export function buildModel(exported: unknown): Model {
  const { model: definition, code } = isImplemented(exported) ? exported : { model: exported, code: undefined };
  const found = checkDefinition(definition);
  const ofCode = code === undefined ? [] : checkCode(code, definition);
  const faults = [...found, ...ofCode, ...checkCalculated(code, definition)];
  if (faults.length > 0) throw new ModelError(faults);
  const { name, dataClasses: definitions } = definition as ModelDefinition;
  const classes = new Map<string, DraftClass>();
  for (const [name, definition] of Object.entries(definitions))
    classes.set(name, draftClass(name, definition, classes.size + 1, code ?? {}));
  for (const [name, definition] of Object.entries(definitions)) addStorage(classes.get(name)!, definition);
  for (const [name, definition] of Object.entries(definitions)) addToOne(classes, classes.get(name)!, definition);
  for (const [name, definition] of Object.entries(definitions)) addToMany(classes, classes.get(name)!, definition);
  for (const [name, definition] of Object.entries(definitions)) addCalculated(classes, classes.get(name)!, definition);
  for (const [name, definition] of Object.entries(definitions)) addAliases(classes.get(name)!, definition, definitions);
  for (const [name, definition] of Object.entries(definitions)) orderAttributes(classes.get(name)!, definition);
  for (const made of classes.values()) addEvents(made);
  addDeletedRecords(classes);
  return {
    name: name ?? 'datastore',
    dataClasses: classes,
    functions: functionMap(code?.functions, 'dataStore'),
    singletons: new Map(Object.entries(code?.singletons ?? {}).map(([name, made]) => [name, singletonDef(name, made)])),
    ...(code?.directory && { logIn: code.directory.login as NonNullable<Model['logIn']> }),
    definition: definition as object,
  };
}

function functionMap(functions: Functions | undefined, level: FunctionLevel, owner?: string): FunctionMap {
  return new Map(
    Object.entries(functions ?? {}).map(([name, { exposed = false, onHttpGet, onHTTPGet, run }]) => [
      name,
      {
        name,
        level,
        ...(owner !== undefined && { owner }),
        exposed,
        onHttpGet: onHttpGet ?? onHTTPGet ?? false,
        run: run as FunctionDef['run'],
      },
    ]),
  );
}

const singletonDef = (name: string, { scope, state, functions }: SingletonCode): SingletonDef => ({
  name,
  scope,
  state: (state ?? (() => ({}))) as () => object,
  functions: functionMap(functions, 'singleton', name),
});

function draftClass(name: string, definition: DataClassDefinition, tableNumber: number, code: Code): DraftClass {
  const own = code.dataClasses?.[name] ?? {};
  const base = definition.table ?? name;
  return {
    name,
    collectionName: definition.collectionName ?? `${name}Selection`,
    scope: definition.scope ?? 'public',
    table: definition.stamps === 'side' ? `${sideViewPrefix}${base}` : base,
    base,
    stamps: definition.stamps ?? 'columns',
    shared: definition.shared ?? false,
    tableNumber,
    defaultTopSize: definition.defaultTopSize ?? 100,
    tracking: definition.track ? 'changes' : 'none',
    attributes: new Map(),
    storage: [],
    key: [],
    images: [],
    onTargetDrop: [],
    functions: functionMap(own.functions, 'dataClass', name),
    selectionFunctions: functionMap(own.selectionFunctions, 'entityCollection', name),
    entityFunctions: functionMap(own.entityFunctions, 'entity', name),
    code: own,
  };
}

const isStorage = (definition: AttributeDefinition): definition is StorageDefinition =>
  definition.kind === undefined || definition.kind === 'storage';

function addStorage(owner: DraftClass, definition: DataClassDefinition): void {
  for (const [name, attribute] of Object.entries(definition.attributes)) {
    if (!isStorage(attribute)) continue;
    const storage = storageDef(owner, name, attribute);
    owner.attributes.set(name, storage);
    owner.storage.push(storage);
    if (storage.primKey) owner.key.push(storage);
    if (storage.type === 'image') owner.images.push(storage);
  }
  if (owner.tracking !== 'changes') return;
  const globalStamp = storageDef(owner, globalStampName, globalStampDefinition);
  owner.attributes.set(globalStampName, globalStamp);
  owner.storage.push(globalStamp);
}

/** `__DeletedRecords`, the last class, when the changes of any are numbered. */
function addDeletedRecords(classes: Map<string, DraftClass>): void {
  if (!classes.values().some(({ tracking }) => tracking === 'changes')) return;
  const made = draftClass(deletedRecordsName, deletedRecordsDefinition, classes.size + 1, {});
  made.tracking = 'deletions';
  addStorage(made, deletedRecordsDefinition);
  classes.set(deletedRecordsName, made);
}

/** Every optional property a storage definition of any type can have. */
type AnyStorage = StorageDefinition & {
  readonly [
    K in 'primKey' | 'autosequence' | 'autogenerate' | 'indexed' | 'keywords' | 'unique' | 'simpleDate'
  ]?: boolean;
} & { readonly [K in 'minLength' | 'maxLength' | 'fixedLength' | 'limitingLength' | 'cacheDuration']?: number } & {
  readonly minValue?: number | string;
  readonly maxValue?: number | string;
  readonly pattern?: string;
  readonly defaultValue?: Json;
  readonly imageVersion?: 'image' | 'stamp';
};

function storageDef(owner: DraftClass, name: string, definition: StorageDefinition): StorageDef {
  const d = definition as AnyStorage;
  const base: StorageDef = {
    kind: 'storage',
    name,
    owner,
    scope: d.scope ?? 'public',
    type: d.type,
    column: d.column ?? name,
    primKey: d.primKey ?? false,
    autosequence: d.autosequence ?? false,
    autogenerate: d.autogenerate ?? false,
    indexed: d.indexed ?? false,
    keywords: d.keywords ?? false,
    unique: d.unique ?? false,
    notNull: d.mandatory || d.notNull || d.primKey || false,
    nullError: d.notNull && !d.mandatory ? 1136 : 1116,
    readOnly: d.readOnly ?? false,
    simpleDate: d.simpleDate ?? false,
    imageVersion: d.imageVersion ?? 'image',
    cacheDuration: d.cacheDuration ?? 0,
    ...(d.minLength !== undefined && { minLength: d.minLength }),
    ...(d.maxLength !== undefined && { maxLength: d.maxLength }),
    ...(d.fixedLength !== undefined && { fixedLength: d.fixedLength }),
    ...(d.limitingLength !== undefined && { limitingLength: d.limitingLength }),
    ...(d.pattern !== undefined && { pattern: new RegExp(`^(?:${d.pattern})$`, 'u') }),
  };
  const canonical = (value: Json | undefined): Value | undefined => {
    if (value === undefined) return undefined;
    const assigned = assignValue(base, value);
    return assigned.kind === 'value' ? assigned.value : undefined;
  };
  const minValue = canonical(d.minValue) as number | string | undefined;
  const maxValue = canonical(d.maxValue) as number | string | undefined;
  const defaultValue = canonical(d.defaultValue);
  return {
    ...base,
    ...(minValue !== undefined && { minValue }),
    ...(maxValue !== undefined && { maxValue }),
    ...(defaultValue !== undefined && { defaultValue }),
  };
}

function addToOne(classes: ReadonlyMap<string, DraftClass>, owner: DraftClass, definition: DataClassDefinition): void {
  for (const [name, attribute] of Object.entries(definition.attributes)) {
    if (attribute.kind !== 'relatedEntity') continue;
    const target = classes.get(attribute.dataClass)!;
    const declared = attribute.foreignKey === undefined ? undefined : owner.attributes.get(attribute.foreignKey);
    const foreignKey = (declared as Mutable<StorageDef> | undefined) ?? hiddenForeignKey(owner, name, target);
    if (attribute.mandatory) foreignKey.notNull = true;
    const made: RelatedEntityDef = {
      kind: 'relatedEntity',
      name,
      owner,
      scope: attribute.scope ?? 'public',
      target,
      foreignKey,
      onDrop: attribute.onDrop ?? 'leave',
    };
    owner.attributes.set(name, made);
    if (made.onDrop !== 'leave') target.onTargetDrop.push(made);
  }
}

/** A column of the target's key type that no client sees by itself. */
function hiddenForeignKey(owner: DraftClass, relation: string, target: DraftClass): Mutable<StorageDef> {
  const { type, simpleDate } = target.key[0]!;
  const name = `${relation}__key`;
  const made: Mutable<StorageDef> = storageDef(owner, name, {
    type,
    ...(type === 'date' && { simpleDate }),
    scope: 'publicOnServer',
    indexed: true,
  } as StorageDefinition);
  owner.attributes.set(name, made);
  owner.storage.push(made);
  return made;
}

function addToMany(classes: ReadonlyMap<string, DraftClass>, owner: DraftClass, definition: DataClassDefinition): void {
  for (const [name, attribute] of Object.entries(definition.attributes)) {
    if (attribute.kind !== 'relatedEntities') continue;
    const target = classes.get((attribute as RelatedEntitiesDefinition).dataClass)!;
    const inverse = target.attributes.get(attribute.inverse) as Mutable<RelatedEntityDef>;
    const made: RelatedEntitiesDef = {
      kind: 'relatedEntities',
      name,
      owner,
      scope: attribute.scope ?? 'public',
      target,
      inverse,
    };
    owner.attributes.set(name, made);
    inverse.inverse ??= made;
  }
}

function addCalculated(
  classes: ReadonlyMap<string, DraftClass>,
  owner: DraftClass,
  definition: DataClassDefinition,
): void {
  for (const [name, attribute] of Object.entries(definition.attributes)) {
    if (attribute.kind !== 'calculated') continue;
    const { type, exposed, simpleDate = false, dataClass } = attribute;
    const code = owner.code.calculated?.[name] as Pick<CalculatedDef, 'get' | 'set' | 'query' | 'orderBy'>;
    owner.attributes.set(name, {
      kind: 'calculated',
      name,
      owner,
      scope: exposed ? 'public' : 'publicOnServer',
      result:
        type === 'entity' || type === 'selection'
          ? { kind: type, target: classes.get(dataClass as string)! }
          : { kind: 'value', shape: storageDef(owner, name, { type, simpleDate } as StorageDefinition) },
      ...code,
    });
  }
}

/** The events that the code of the class answers to, attributes in model order. */
function addEvents(owner: DraftClass): void {
  const { events } = owner.code;
  if (!events) return;
  const chosen = <N extends string>(names: readonly N[], code: object): ReadonlyMap<N, EventFunction> =>
    new Map(
      names.filter((name) => Object.hasOwn(code, name)).map((name) => [name, (code as Record<N, EventFunction>)[name]]),
    );
  const attributes = new Map<AttributeDef, EventsDef['attributes'] extends ReadonlyMap<unknown, infer V> ? V : never>();
  for (const attribute of owner.attributes.values()) {
    const own = Object.hasOwn(events.attributes ?? {}, attribute.name)
      ? events.attributes?.[attribute.name]
      : undefined;
    if (own) attributes.set(attribute, chosen(attributeEvents, own));
  }
  owner.events = { entity: chosen(entityEvents, events), attributes };
}

function addAliases(
  owner: DraftClass,
  definition: DataClassDefinition,
  definitions: ModelDefinition['dataClasses'],
): void {
  const pathOf = (dataClass: DataClassDef, name: string): string =>
    (definitions[dataClass.name]!.attributes[name] as AliasDefinition).path;
  for (const [name, attribute] of Object.entries(definition.attributes)) {
    if (attribute.kind !== 'alias') continue;
    const { path, exposed } = attribute;
    owner.attributes.set(name, aliasDef({ name, owner, path, scope: exposed ? 'public' : 'publicOnServer' }, pathOf));
  }
}

/** The attributes in the order the author wrote them, hidden ones last. */
function orderAttributes(owner: DraftClass, definition: DataClassDefinition): void {
  const made = owner.attributes;
  const written = Object.keys(definition.attributes);
  const hidden = [...made.keys()].filter((name) => !written.includes(name));
  owner.attributes = new Map([...written, ...hidden].map((name) => [name, made.get(name)!]));
}
