// The model of an existing database: dataclasses with good names, relations in both directions, and what had to be left
// out.
import { isServerColumn } from '../model/check-tables.ts';
import { isReservedName } from '../model/names.ts';
import type {
  AttributeDefinition,
  DataClassDefinition,
  ModelDefinition,
  StorageDefinition,
} from '../model/definition.ts';
import type { StorageType } from '../model/model.ts';
import type { FoundColumn, FoundDatabase, FoundForeignKey, FoundTable } from '../store/found-database.ts';
import { attributeName, className, lowerFirst, plural, relationName, unused } from './good-names.ts';

export interface FoundModel {
  readonly definition: ModelDefinition;
  /** What is not in the model, or not as one would expect; one line each. */
  readonly notes: readonly string[];
}

/** A table on its way to a dataclass. */
interface Draft {
  readonly table: FoundTable;
  readonly name: string;
  readonly attributes: Map<string, AttributeDefinition>;
  /** Names of attributes, in lower case. */
  readonly taken: Set<string>;
  /** Column → attribute. */
  readonly byColumn: Map<string, string>;
}

const indexable = new Set<StorageType>([
  'string',
  'text',
  'bool',
  'long',
  'long64',
  'number',
  'date',
  'word',
  'byte',
  'duration',
  'uuid',
]);

/**
 * @param how `side`: the tables stay as they are, stamps are kept beside them; `shared`: the tables get columns for
 * stamps, and triggers that move them with other programs' writes
 * @throws Error when no table can be served
 */
export function modelOfDatabase({ name, tables, leftOut }: FoundDatabase, how: 'side' | 'shared'): FoundModel {
  const notes = leftOut.map((line) => `left out: ${line}`);
  const drafts = new Map<string, Draft>();
  const classNames = new Set<string>();
  for (const table of tables) {
    const why = refusal(table);
    if (why !== undefined) {
      notes.push(`left out: ${table.name}: ${why}`);
      continue;
    }
    const made = unused(className(table.name), classNames);
    classNames.add(made.toLowerCase());
    drafts.set(table.name, { table, name: made, attributes: new Map(), taken: new Set(), byColumn: new Map() });
  }
  if (drafts.size === 0) throw new Error(['there is no table that could be served', ...notes].join('\n  '));
  for (const draft of drafts.values()) addColumns(draft, notes);
  for (const draft of drafts.values()) addRelations(draft, drafts, notes);
  const dataClasses = Object.fromEntries([...drafts.values()].map((draft) => [draft.name, classOf(draft, how)]));
  return { definition: { name: storeName(name), dataClasses }, notes };
}

const storeName = (name: string): string => attributeName(name) || 'datastore';

/** Why a table cannot be served. */
function refusal({ key, columns }: FoundTable): string | undefined {
  if (key.length === 0) return 'has no primary key';
  const unfit = key
    .map((name) => columns.find((column) => column.name === name) as FoundColumn)
    .find((column) => !canBeKey(column));
  return unfit && `its key ${unfit.name} (${unfit.declared}) cannot be one`;
}

/** Another entity must not have the same key once microseconds or digits are left out. */
const canBeKey = ({ type, simpleDate, columnType }: FoundColumn): boolean =>
  type !== undefined &&
  type !== 'object' &&
  (columnType === undefined || !(type === 'number' || (type === 'date' && !simpleDate)));

function addColumns(draft: Draft, notes: string[]): void {
  const { table } = draft;
  for (const column of table.columns) {
    if (column.type === undefined) {
      notes.push(`left out: ${table.name}.${column.name}: ${column.why ?? `its type ${column.declared} is not known`}`);
      continue;
    }
    if (isServerColumn(column.name)) {
      if (!/^__(stamp|timestamp|base|global_stamp)$/.test(column.name))
        notes.push(`left out: ${table.name}.${column.name}: Keystamp keeps columns of such names itself`);
      continue;
    }
    if (column.declared !== '' && /date|time/i.test(column.declared) && column.type !== 'date')
      notes.push(
        `${table.name}.${column.name}: ${column.declared} is served as ${column.type}, as its values are written`,
      );
    const plain = attributeName(column.name);
    const name = unused(isReservedName(plain) ? `${plain}Value` : plain, draft.taken);
    draft.taken.add(name.toLowerCase());
    draft.byColumn.set(column.name, name);
    draft.attributes.set(name, storageOf(column, name, table));
  }
}

function storageOf(column: FoundColumn, name: string, table: FoundTable): StorageDefinition {
  const type = column.type as StorageType;
  const isKey = table.key.includes(column.name);
  const { byDefault, generated, maxLength } = column;
  const hasValue = byDefault?.value !== undefined && !generated && isValueOf(type, byDefault.value);
  return {
    type,
    ...(column.simpleDate && { simpleDate: true }),
    ...(column.columnType !== undefined && { columnType: column.columnType }),
    ...(name !== column.name && { column: column.name }),
    ...(isKey && { primKey: true }),
    ...(isKey && table.numbersItself && { autosequence: true }),
    ...(byDefault?.random && type === 'uuid' && { autogenerate: true }),
    ...(!isKey && table.unique.has(column.name) && { unique: true }),
    ...(!isKey &&
      table.indexed.has(column.name) &&
      !table.unique.has(column.name) &&
      indexable.has(type) && { indexed: true }),
    // Where the database has a default that is worked out, null at a save means that default.
    ...(column.notNull && !isKey && !generated && (byDefault === undefined || hasValue) && { mandatory: true }),
    ...(hasValue && { defaultValue: byDefault.value }),
    ...(maxLength !== undefined && (type === 'string' || type === 'text') && { maxLength }),
    ...(generated && { readOnly: true }),
  } as StorageDefinition;
}

function isValueOf(type: StorageType, value: unknown): boolean {
  switch (type) {
    case 'string':
    case 'text':
      return typeof value === 'string';
    case 'bool':
      return typeof value === 'boolean' || value === 0 || value === 1;
    case 'byte':
    case 'word':
    case 'long':
    case 'long64':
    case 'number':
    case 'duration':
      return typeof value === 'number';
    default:
      return false;
  }
}

function addRelations(draft: Draft, drafts: ReadonlyMap<string, Draft>, notes: string[]): void {
  for (const foreignKey of draft.table.foreignKeys) {
    const target = drafts.get(foreignKey.table);
    const why = relationRefusal(draft, foreignKey, target);
    if (why !== undefined || !target) {
      notes.push(`no relation: ${draft.table.name}(${foreignKey.columns.join(', ')}) → ${foreignKey.table}: ${why}`);
      continue;
    }
    const column = foreignKey.columns[0] as string;
    let key = draft.byColumn.get(column) as string;
    let relation = relationName(column);
    if (relation === undefined || draft.taken.has(relation.toLowerCase())) {
      // `manager` is the relation, and its key `managerID`.
      relation =
        relation === undefined && !draft.table.key.includes(column)
          ? key
          : unused(lowerFirst(target.name), draft.taken);
      if (relation === key) key = renameKey(draft, column, key);
    }
    draft.taken.add(relation.toLowerCase());
    const held = draft.attributes.get(key) as StorageDefinition;
    const targetKey = target.attributes.get(
      target.byColumn.get(target.table.key[0] as string) as string,
    ) as StorageDefinition;
    // Both hold the same values, whatever each declares; where columns have types, they are what they are.
    if (held.columnType === undefined && targetKey.columnType === undefined)
      draft.attributes.set(key, { ...held, type: targetKey.type } as StorageDefinition);
    draft.attributes.set(relation, { kind: 'relatedEntity', dataClass: target.name, foreignKey: key });
    const back = backName(draft, target, relation);
    target.taken.add(back.toLowerCase());
    target.attributes.set(back, { kind: 'relatedEntities', dataClass: draft.name, inverse: relation });
  }
}

/** Gives the attribute of a foreign key another name, in its place. */
function renameKey(draft: Draft, column: string, name: string): string {
  const made = unused(`${name.slice(0, 29)}ID`, draft.taken);
  const entries = [...draft.attributes];
  draft.attributes.clear();
  for (const [each, definition] of entries)
    draft.attributes.set(
      each === name ? made : each,
      each === name ? ({ ...definition, column } as StorageDefinition) : definition,
    );
  draft.taken.add(made.toLowerCase());
  draft.byColumn.set(column, made);
  return made;
}

function relationRefusal(
  draft: Draft,
  { columns, table, to }: FoundForeignKey,
  target: Draft | undefined,
): string | undefined {
  if (!target) return `${table} is not served`;
  if (columns.length > 1) return 'it has several columns';
  if (!draft.byColumn.has(columns[0] as string)) return 'its column is not served';
  if (target.table.key.length > 1) return `the key of ${table} has several columns`;
  if (to[0]?.toLowerCase() !== target.table.key[0]?.toLowerCase()) return `it points to ${to[0]}, which is not the key`;
  const [held, key] = [columnOf(draft.table, columns[0]), columnOf(target.table, target.table.key[0])];
  if ((held.columnType ?? key.columnType) !== undefined && held.type !== key.type)
    return `${held.declared} and ${key.declared} are served as different types`;
  return undefined;
}

const columnOf = ({ columns }: FoundTable, name: string | undefined): FoundColumn =>
  columns.find((column) => column.name === name) as FoundColumn;

/** `employees`; `employeesOfManager` where several relations, or one to the class itself, lead to the same class. */
function backName(draft: Draft, target: Draft, relation: string): string {
  const plain = lowerFirst(plural(draft.name));
  const several =
    draft === target || draft.table.foreignKeys.filter(({ table }) => table === target.table.name).length > 1;
  const name = several ? `${plain}Of${relation.slice(0, 1).toUpperCase()}${relation.slice(1)}` : plain;
  return unused(name.slice(0, 31), target.taken);
}

function classOf({ table, name, attributes }: Draft, how: 'side' | 'shared'): DataClassDefinition {
  return {
    ...(table.name !== name && { table: table.name }),
    ...(how === 'side' ? { stamps: 'side' as const } : { shared: true }),
    attributes: Object.fromEntries(attributes),
  };
}
