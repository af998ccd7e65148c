// The storage attributes of a class, from what its author wrote.
import { assignValue } from './attribute-types.ts';
import { storedAs, type StoredAs } from './column-form.ts';
import type { AttributeDefinition, DataClassDefinition, StorageDefinition } from './definition.ts';
import type { DraftClass, Mutable } from './draft-class.ts';
import { wholePattern } from './match-pattern.ts';
import type { Json, StorageDef, Value } from './model.ts';
import { globalStampDefinition, globalStampName } from './tracking.ts';

export const isStorage = (definition: AttributeDefinition): definition is StorageDefinition =>
  definition.kind === undefined || definition.kind === 'storage';

/** The attributes that hold values, and the number of the last change of a tracked class. */
export function addStorage(owner: DraftClass, definition: DataClassDefinition): void {
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

/** One attribute; also what a calculated value is like. */
export function storageDef(owner: DraftClass, name: string, definition: StorageDefinition): StorageDef {
  const d = definition as AnyStorage;
  const base: StorageDef = {
    kind: 'storage',
    name,
    owner,
    scope: d.scope ?? 'public',
    type: d.type,
    column: d.column ?? name,
    hidden: false,
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
    ...(d.columnType !== undefined && { stored: storedAs(d.columnType, d.type, d.simpleDate ?? false) as StoredAs }),
    ...(d.minLength !== undefined && { minLength: d.minLength }),
    ...(d.maxLength !== undefined && { maxLength: d.maxLength }),
    ...(d.fixedLength !== undefined && { fixedLength: d.fixedLength }),
    ...(d.limitingLength !== undefined && { limitingLength: d.limitingLength }),
    ...(d.pattern !== undefined && { pattern: wholePattern(d.pattern) }),
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

/** A column of the target's key type that no client sees by itself. */
export function hiddenForeignKey(owner: DraftClass, relation: string, target: DraftClass): Mutable<StorageDef> {
  const { type, simpleDate } = target.key[0]!;
  const name = `${relation}__key`;
  const like = { type, ...(type === 'date' && { simpleDate }), scope: 'publicOnServer', indexed: true };
  const made: Mutable<StorageDef> = { ...storageDef(owner, name, like as StorageDefinition), hidden: true };
  owner.attributes.set(name, made);
  owner.storage.push(made);
  return made;
}
