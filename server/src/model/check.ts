// Is this a model? Looks at everything a model file exports and lists every fault with its path.
import { aliasFault } from './alias.ts';
import { assignValue } from './attribute-types.ts';
import { violations } from './constraints.ts';
import type { Json, StorageDef, StorageType, Value } from './model.ts';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const oneOf =
  (...words: readonly string[]) =>
  (value: unknown): boolean =>
    words.includes(value as string);

interface Property {
  readonly ok: (value: unknown) => boolean;
  readonly expected: string;
}

const text: Property = { ok: isText, expected: 'a text' };
const flag: Property = { ok: isFlag, expected: 'true or false' };
const count: Property = { ok: isCount, expected: 'a whole number from 0' };
const anything: Property = { ok: () => true, expected: 'a value' };
const scope: Property = { ok: oneOf('public', 'publicOnServer'), expected: 'public or publicOnServer' };

const storageProperties = {
  kind: anything,
  type: anything,
  scope,
  column: text,
  mandatory: flag,
  notNull: flag,
  readOnly: flag,
};
const indexable = { indexed: flag, unique: flag, primKey: flag };
const strings = {
  keywords: flag,
  minLength: count,
  maxLength: count,
  fixedLength: count,
  limitingLength: count,
  pattern: text,
};
const bounds = { minValue: anything, maxValue: anything };
const byDefault = { defaultValue: anything };
const numbers = { ...indexable, ...bounds, ...byDefault, autosequence: flag };

/** Which properties an attribute of each type can have beside the common ones. */
const byType: Readonly<Record<StorageType, Readonly<Record<string, Property>>>> = {
  string: { ...indexable, ...strings, ...byDefault },
  text: { ...indexable, ...strings, ...byDefault },
  uuid: { ...indexable, autogenerate: flag },
  bool: { ...indexable, ...byDefault },
  byte: numbers,
  word: numbers,
  long: numbers,
  long64: numbers,
  number: numbers,
  duration: numbers,
  date: { ...indexable, ...bounds, ...byDefault, simpleDate: flag },
  object: byDefault,
  image: { imageVersion: { ok: oneOf('image', 'stamp'), expected: 'image or stamp' }, cacheDuration: count },
  blob: { cacheDuration: count },
};

const relationProperties = {
  kind: anything,
  scope,
  dataClass: text,
  foreignKey: text,
  mandatory: flag,
  onDrop: { ok: oneOf('leave', 'null', 'refuse', 'cascade'), expected: 'leave, null, refuse or cascade' },
};
const selectionProperties = { kind: anything, scope, dataClass: text, inverse: text };
const calculatedProperties = { kind: anything, type: anything, simpleDate: flag, dataClass: text, exposed: flag };
const aliasProperties = { kind: anything, path: text, exposed: flag };
const classProperties = {
  scope,
  collectionName: text,
  table: text,
  defaultTopSize: { ok: (v: unknown) => isCount(v) && v !== 0, expected: 'a whole number from 1' },
  track: flag,
  shared: flag,
  stamps: { ok: oneOf('columns', 'side'), expected: 'columns or side' },
  attributes: { ok: isFields, expected: 'an object with the attributes' },
};

const nameRule = /^[A-Za-z][A-Za-z0-9_]{0,30}$/;
const nameText = 'a name is a letter, then letters, digits or _, 31 characters at most';
/** Names that an entity object has of its own (spec 15 § 2.1). */
const reserved: ReadonlySet<string> = new Set([
  'save', 'drop', 'clone', 'getKey', 'getStamp', 'isNew', 'touched', 'toObject', 'fromObject', 'reload', 'lock',
  'unlock', 'diff', 'first', 'last', 'next', 'previous', 'indexOf', 'getSelection', 'getDataClass', 'constructor', 'uri',
]); // prettier-ignore

/** Whether an entity has a member of that name itself. */
export const isReservedName = (name: string): boolean => reserved.has(name);

class Faults {
  readonly lines: string[] = [];

  add(path: string, what: string): void {
    this.lines.push(`${path}: ${what}`);
  }

  properties(path: string, given: Fields, known: Readonly<Record<string, Property>>): void {
    for (const [name, value] of Object.entries(given)) {
      const property = Object.hasOwn(known, name) ? known[name] : undefined;
      if (!property) this.add(`${path}.${name}`, `is not known here; known are ${Object.keys(known).join(', ')}`);
      else if (value !== undefined && !property.ok(value)) this.add(`${path}.${name}`, `must be ${property.expected}`);
    }
  }
}

/** All faults of what a model file exports, empty when it can be used. */
export function checkDefinition(exported: unknown): readonly string[] {
  const faults = new Faults();
  if (!isFields(exported) || !isFields(exported['dataClasses']))
    return ['model: must be an object with `dataClasses` (export default defineModel({ dataClasses: … }))'];
  const classes = exported['dataClasses'];
  faults.properties('model', exported, { name: text, dataClasses: anything });
  if (Object.keys(classes).length === 0) faults.add('dataClasses', 'has no dataclass');
  checkUnique(faults, Object.keys(classes), 'dataClasses', 'dataclasses');
  checkTables(faults, classes);
  for (const [name, definition] of Object.entries(classes)) checkClass(faults, classes, name, definition);
  return faults.lines;
}

/** Names of tables and columns that the server keeps beside those of the model. */
const serverTable = /^(keystamp_|sqlite_)/i;
const serverColumn = /^__|__(key|stamp|time|type)$/i;

/** Whether the server keeps columns of such a name beside those of attributes. */
export const isServerColumn = (name: string): boolean => serverColumn.test(name);

/** SQL compares table and column names without case. */
function checkUnique(faults: Faults, names: readonly string[], path: string, what: string): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined)
      faults.add(`${path}.${name}`, `differs from ${other} by case only; the database cannot keep two such ${what}`);
    seen.set(name.toLowerCase(), name);
  }
}

/** Names that the author chose for tables; a class without one has a table of its own name, which is checked as such. */
function checkTables(faults: Faults, classes: Fields): void {
  const owners = new Map<string, string>(Object.keys(classes).map((name) => [name.toLowerCase(), name]));
  for (const [name, definition] of Object.entries(classes)) {
    const table = isFields(definition) ? definition['table'] : undefined;
    if (typeof table !== 'string') continue;
    const other = owners.get(table.toLowerCase());
    if (serverTable.test(table)) faults.add(`${name}.table`, 'names beginning with keystamp_ or sqlite_ are taken');
    else if (other !== undefined && other !== name) faults.add(`${name}.table`, `${table} is the table of ${other}`);
    else owners.set(table.toLowerCase(), name);
  }
}

function checkColumns(faults: Faults, name: string, attributes: Fields): void {
  const owners = new Map<string, string>();
  for (const [attribute, value] of Object.entries(attributes)) {
    if (!isFields(value) || (value['kind'] ?? 'storage') !== 'storage') continue;
    const column = String(value['column'] ?? attribute);
    const other = owners.get(column.toLowerCase());
    const path = `${name}.${attribute}${value['column'] === undefined ? '' : '.column'}`;
    if (serverColumn.test(column) && nameRule.test(attribute))
      faults.add(path, 'columns that begin with __ or end in __key, __stamp, __time or __type are taken');
    if (other !== undefined && other.toLowerCase() !== attribute.toLowerCase())
      faults.add(path, `${column} is the column of ${other}`);
    owners.set(column.toLowerCase(), attribute);
  }
}

function checkClass(faults: Faults, classes: Fields, name: string, definition: unknown): void {
  if (!nameRule.test(name)) faults.add(`dataClasses.${name}`, nameText);
  if (serverTable.test(name)) faults.add(`dataClasses.${name}`, 'names beginning with keystamp_ or sqlite_ are taken');
  if (!isFields(definition)) return faults.add(name, 'must be an object with attributes');
  faults.properties(name, definition, classProperties);
  if (!isFields(definition['attributes'])) return faults.add(`${name}.attributes`, 'is missing');
  const attributes = definition['attributes'];
  checkUnique(faults, Object.keys(attributes), name, 'attributes');
  checkColumns(faults, name, attributes);
  for (const [attribute, value] of Object.entries(attributes)) {
    const path = `${name}.${attribute}`;
    if (!nameRule.test(attribute)) faults.add(path, nameText);
    else if (reserved.has(attribute))
      faults.add(path, `${attribute} is a member that every entity has; choose another name`);
    if (!isFields(value)) faults.add(path, 'must be an object with a type or a kind');
    else if (value['kind'] === 'relatedEntity') checkToOne(faults, classes, attributes, path, value);
    else if (value['kind'] === 'relatedEntities') checkToMany(faults, classes, name, path, value);
    else if (value['kind'] === 'calculated') checkCalculatedType(faults, classes, path, value);
    else if (value['kind'] === 'alias') checkAlias(faults, classes, name, attribute, value);
    else if (value['kind'] === undefined || value['kind'] === 'storage') checkStorage(faults, path, attribute, value);
    else
      faults.add(
        `${path}.kind`,
        `${String(value['kind'])} is not a kind; use storage, calculated, alias, relatedEntity or relatedEntities`,
      );
  }
  checkForeign(faults, name, definition, attributes);
  const keys = Object.values(attributes).filter((value) => isFields(value) && value['primKey'] === true);
  if (keys.length === 0) faults.add(name, 'has no key; give an attribute primKey: true');
  if (keys.length > 1 && keys.some((key) => (key as Fields)['autosequence'] === true))
    faults.add(name, 'a composite key cannot be numbered by autosequence');
  if (keys.length > 1)
    for (const [attribute, value] of Object.entries(attributes))
      if (isFields(value) && value['keywords'] === true)
        faults.add(`${name}.${attribute}.keywords`, 'a word index needs a key of one attribute');
}

/** What needs a table that no other program writes, or columns of its own (spec 15 § 4.4). */
function checkForeign(faults: Faults, name: string, definition: Fields, attributes: Fields): void {
  const side = definition['stamps'] === 'side';
  if (!side && definition['shared'] !== true) return;
  if (side && definition['track'] === true)
    faults.add(`${name}.track`, 'needs columns in the table; adopt it (shared: true instead of stamps: side)');
  if (side && definition['shared'] === true)
    faults.add(`${name}.shared`, 'moves stamps in columns of the table, and stamps: side keeps them beside it');
  for (const [attribute, value] of Object.entries(attributes)) {
    if (!isFields(value)) continue;
    const path = `${name}.${attribute}`;
    if (value['keywords'] === true)
      faults.add(`${path}.keywords`, 'a word index needs a table that no other program writes');
    if (side && (value['type'] === 'image' || value['type'] === 'blob'))
      faults.add(path, 'needs columns in the table; adopt it (shared: true instead of stamps: side)');
    if (side && value['kind'] === 'relatedEntity' && value['foreignKey'] === undefined)
      faults.add(path, 'needs a foreignKey: the table gets no column for it');
  }
}

function checkStorage(faults: Faults, path: string, name: string, given: Fields): void {
  const type = given['type'] as StorageType;
  if (typeof type !== 'string' || !Object.hasOwn(byType, type))
    return faults.add(`${path}.type`, `${String(type)} is not a type; known are ${Object.keys(byType).join(', ')}`);
  const before = faults.lines.length;
  faults.properties(path, given, { ...storageProperties, ...byType[type] });
  if (faults.lines.length > before) return;
  if (
    given['autosequence'] === true &&
    (given['primKey'] !== true || !['long', 'long64', 'word', 'byte'].includes(type))
  )
    faults.add(`${path}.autosequence`, 'needs primKey: true and an integer type');
  checkValues(faults, path, { type, name, simpleDate: given['simpleDate'] === true } as StorageDef, given);
}

/** Bounds and default are values of the type, and the default is one that the attribute takes. */
function checkValues(faults: Faults, path: string, attribute: StorageDef, given: Fields): void {
  const canonical: Record<string, Value> = {};
  for (const property of ['minValue', 'maxValue', 'defaultValue']) {
    if (given[property] === undefined) continue;
    const assigned = assignValue(attribute, given[property] as Json);
    if (assigned.kind === 'value') canonical[property] = assigned.value;
    else faults.add(`${path}.${property}`, `is not a value of type ${attribute.type}`);
  }
  const { minValue = null, maxValue = null, defaultValue = null } = canonical as Record<string, number | string | null>;
  if (minValue !== null && maxValue !== null && minValue > maxValue)
    faults.add(`${path}.minValue`, 'is greater than maxValue');
  const pattern = patternOf(faults, path, given['pattern']);
  if (defaultValue === null) return;
  const limits = { ...given, pattern, minValue: minValue ?? undefined, maxValue: maxValue ?? undefined };
  const broken = violations(
    { ...limits, name: attribute.name } as unknown as StorageDef,
    canonical['defaultValue'] as Value,
  );
  if (broken.length > 0)
    faults.add(
      `${path}.defaultValue`,
      `is refused by the attribute itself: ${broken.map((error) => error.message).join('; ')}`,
    );
}

/** The whole value must match (spec 15 § 5). */
const wholePattern = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`, 'u');

/** Nothing, and a fault, for a text that is no pattern. */
function patternOf(faults: Faults, path: string, given: unknown): RegExp | undefined {
  if (typeof given !== 'string') return undefined;
  try {
    return wholePattern(given);
  } catch (error) {
    faults.add(`${path}.pattern`, `is not a regular expression (${(error as Error).message})`);
    return undefined;
  }
}

function related(faults: Faults, classes: Fields, path: string, given: Fields): Fields | undefined {
  const target = classes[String(given['dataClass'])];
  if (!isFields(target) || !isFields(target['attributes'])) {
    faults.add(
      `${path}.dataClass`,
      `${String(given['dataClass'])} is not a dataclass; known are ${Object.keys(classes).join(', ')}`,
    );
    return undefined;
  }
  return target['attributes'];
}

function checkToOne(faults: Faults, classes: Fields, own: Fields, path: string, given: Fields): void {
  faults.properties(path, given, relationProperties);
  if (given['mandatory'] === true && given['onDrop'] === 'null')
    faults.add(`${path}.onDrop`, 'a mandatory relation cannot be set to null');
  const target = related(faults, classes, path, given);
  if (!target) return;
  const keys = Object.values(target).filter((value) => isFields(value) && value['primKey'] === true);
  if (keys.length > 1) faults.add(`${path}.dataClass`, 'has a composite key; a relation needs a key of one attribute');
  if (given['foreignKey'] === undefined) return;
  const foreignKey = own[String(given['foreignKey'])];
  const key = keys[0] as Fields | undefined;
  if (!isFields(foreignKey) || (foreignKey['kind'] ?? 'storage') !== 'storage')
    faults.add(`${path}.foreignKey`, `${String(given['foreignKey'])} is not a storage attribute of this dataclass`);
  else if (key && foreignKey['type'] !== key['type'])
    faults.add(
      `${path}.foreignKey`,
      `is of type ${String(foreignKey['type'])}, the key of ${String(given['dataClass'])} is of type ${String(key['type'])}`,
    );
}

function checkToMany(faults: Faults, classes: Fields, name: string, path: string, given: Fields): void {
  faults.properties(path, given, selectionProperties);
  const target = related(faults, classes, path, given);
  if (!target) return;
  const inverse = target[String(given['inverse'])];
  if (!isFields(inverse) || inverse['kind'] !== 'relatedEntity' || inverse['dataClass'] !== name)
    faults.add(
      `${path}.inverse`,
      `${String(given['inverse'])} is not an N→1 attribute of ${String(given['dataClass'])} that points to ${name}`,
    );
}

function checkAlias(faults: Faults, classes: Fields, className: string, name: string, given: Fields): void {
  const path = `${className}.${name}`;
  faults.properties(path, given, aliasProperties);
  if (given['path'] === undefined) return faults.add(`${path}.path`, 'is missing');
  const fault = aliasFault(classes, className, name, given['path']);
  if (fault !== undefined) faults.add(`${path}.path`, fault);
}

function checkCalculatedType(faults: Faults, classes: Fields, path: string, given: Fields): void {
  faults.properties(path, given, calculatedProperties);
  const type = given['type'];
  const isRelated = type === 'entity' || type === 'selection';
  if (isRelated) related(faults, classes, path, given);
  else if (typeof type !== 'string' || !Object.hasOwn(byType, type))
    faults.add(
      `${path}.type`,
      `${String(type)} is not a type; known are ${Object.keys(byType).join(', ')}, entity, selection`,
    );
  if (!isRelated && given['dataClass'] !== undefined)
    faults.add(`${path}.dataClass`, 'is for the types entity and selection');
  if (type !== 'date' && given['simpleDate'] !== undefined) faults.add(`${path}.simpleDate`, 'is for the type date');
}
