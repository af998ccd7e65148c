// What a model wants of tables that are there and cannot have without losing data.
import type { DataClassDef, StorageDef } from '../../model/model.ts';
import type { ExistingSchema, ExistingTable } from './existing-schema.ts';

/** The word an attribute's type is remembered by. */
export const rememberedType = ({ type, simpleDate }: StorageDef): string => (simpleDate ? `${type} simpleDate` : type);

export const attributeName = (attribute: StorageDef): string => `${attribute.owner.name}.${attribute.name}`;

/** Types a stored value can move to without loss. */
const widening: Readonly<Record<string, readonly string[]>> = {
  string: ['text'],
  text: ['string'],
  byte: ['word', 'long', 'long64', 'duration', 'number'],
  word: ['long', 'long64', 'duration', 'number'],
  long: ['long64', 'duration', 'number'],
  long64: ['duration'],
  duration: ['long64'],
  uuid: ['string', 'text'],
};

/**
 * Sentences for the operator, none when the table can be brought up to date.
 * @param hasTypes whether columns have types that the database enforces
 */
export function schemaFaults(dataClass: DataClassDef, existing: ExistingSchema, hasTypes: boolean): readonly string[] {
  const table = existing.table(dataClass.base);
  return [
    ...typeFaults(dataClass, existing),
    ...(table ? keyFaults(dataClass, table) : []),
    ...(dataClass.stamps === 'side' ? sideFaults(dataClass, table) : []),
    ...formFaults(dataClass, table, hasTypes),
  ];
}

function typeFaults(dataClass: DataClassDef, existing: ExistingSchema): string[] {
  return dataClass.storage.flatMap((attribute) => {
    const was = existing.attributes.get(attributeName(attribute));
    const is = rememberedType(attribute);
    if (was === undefined || was === is || widening[was]?.includes(is)) return [];
    return [
      `${attributeName(attribute)}: is ${is} in the model and ${was} in the database; changing it would lose the stored values. Set it back to ${was}, or give the new attribute another name and copy the values.`,
    ];
  });
}

function keyFaults(dataClass: DataClassDef, table: ExistingTable): string[] {
  const advice =
    'the entities would lose their identity. Keep the old key, or make a new dataclass and copy the entities.';
  const inTable = (name: string): boolean => (table.key.size > 0 ? table.key : table.columns).has(name.toLowerCase());
  const inModel = new Set(dataClass.key.map((key) => key.column.toLowerCase()));
  return [
    ...dataClass.key
      .filter((key) => !inTable(key.column))
      .map((key) => `${dataClass.name}.${key.name}: is the key in the model but not in the database; ${advice}`),
    ...[...table.key]
      .filter((column) => !inModel.has(column))
      .map((column) => `${dataClass.name}: ${column} is the key in the database but not in the model; ${advice}`),
  ];
}

/** A table that gets no columns must have those of the model. */
function sideFaults({ name, base, storage }: DataClassDef, table: ExistingTable | undefined): string[] {
  if (!table) return [`${name}: keeps stamps beside the table ${base}, and there is no such table`];
  return storage
    .filter(({ column }) => !table.columns.has(column.toLowerCase()))
    .map((attribute) => `${attributeName(attribute)}: the table ${base} has no column ${attribute.column}`);
}

/** Columns with types of another program's are there, and where the database knows such types. */
function formFaults({ storage, base }: DataClassDef, table: ExistingTable | undefined, hasTypes: boolean): string[] {
  return storage.flatMap((attribute) => {
    if (!attribute.stored) return [];
    const name = attributeName(attribute);
    if (!hasTypes) return [`${name}: columnType is for PostgreSQL; leave it out`];
    return table?.columns.has(attribute.column.toLowerCase())
      ? []
      : [`${name}: the table ${base} has no column ${attribute.column} of the type ${attribute.stored.type}`];
  });
}
