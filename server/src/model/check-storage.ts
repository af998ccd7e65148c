// Is this a storage attribute? Its properties, and whether bounds and default are values that it takes.
import { assignValue } from './attribute-types.ts';
import { storedAs } from './column-form.ts';
import { violations } from './constraints.ts';
import {
  nameGiven,
  anything,
  count,
  flag,
  oneOf,
  scope,
  text,
  type Faults,
  type Fields,
  type Property,
} from './faults.ts';
import { wholePattern } from './match-pattern.ts';
import type { Json, StorageDef, StorageType, Value } from './model.ts';

const storageProperties = {
  kind: anything,
  type: anything,
  scope,
  column: text,
  columnType: text,
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
export const byType: Readonly<Record<StorageType, Readonly<Record<string, Property>>>> = {
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
  image: { imageVersion: oneOf('image', 'stamp'), cacheDuration: count },
  blob: { cacheDuration: count },
};

/** All faults of a storage attribute. */
export function checkStorage(faults: Faults, path: string, name: string, given: Fields): void {
  const type = given['type'] as StorageType;
  if (typeof type !== 'string' || !Object.hasOwn(byType, type))
    return faults.add(`${path}.type`, `${nameGiven(type)} is not a type; known are ${Object.keys(byType).join(', ')}`);
  const before = faults.lines.length;
  faults.properties(path, given, { ...storageProperties, ...byType[type] });
  if (faults.lines.length > before) return;
  const columnType = given['columnType'] as string | undefined;
  if (columnType !== undefined && !storedAs(columnType, type, given['simpleDate'] === true))
    faults.add(`${path}.columnType`, `${columnType} is no type of a column that holds values of the type ${type}`);
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
