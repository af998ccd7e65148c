// Attributes that hold no value of their own: aliases and calculated ones.
import { aliasFault } from './alias.ts';
import { related } from './check-relations.ts';
import { byType } from './check-storage.ts';
import { nameGiven, anything, flag, text, type Faults, type Fields } from './faults.ts';

const calculatedProperties = { kind: anything, type: anything, simpleDate: flag, dataClass: text, exposed: flag };
const aliasProperties = { kind: anything, path: text, exposed: flag };

/** All faults of an alias. */
export function checkAlias(faults: Faults, classes: Fields, className: string, name: string, given: Fields): void {
  const path = `${className}.${name}`;
  faults.properties(path, given, aliasProperties);
  if (given['path'] === undefined) return faults.add(`${path}.path`, 'is missing');
  const fault = aliasFault(classes, className, name, given['path']);
  if (fault !== undefined) faults.add(`${path}.path`, fault);
}

/** All faults of a calculated attribute but those of its code. */
export function checkCalculatedType(faults: Faults, classes: Fields, path: string, given: Fields): void {
  faults.properties(path, given, calculatedProperties);
  const type = given['type'];
  const isRelated = type === 'entity' || type === 'selection';
  if (isRelated) related(faults, classes, path, given);
  else if (typeof type !== 'string' || !Object.hasOwn(byType, type))
    faults.add(
      `${path}.type`,
      `${nameGiven(type)} is not a type; known are ${Object.keys(byType).join(', ')}, entity, selection`,
    );
  if (!isRelated && given['dataClass'] !== undefined)
    faults.add(`${path}.dataClass`, 'is for the types entity and selection');
  if (type !== 'date' && given['simpleDate'] !== undefined) faults.add(`${path}.simpleDate`, 'is for the type date');
}
