// Is this a relation? Its target, foreign key and other side.
import { nameGiven, anything, flag, isFields, oneOf, scope, text, type Faults, type Fields } from './faults.ts';

const relationProperties = {
  kind: anything,
  scope,
  dataClass: text,
  foreignKey: text,
  mandatory: flag,
  onDrop: oneOf('leave', 'null', 'refuse', 'cascade'),
};
const selectionProperties = { kind: anything, scope, dataClass: text, inverse: text };

/** The attributes of the class that an attribute leads to; a fault when there is none. */
export function related(faults: Faults, classes: Fields, path: string, given: Fields): Fields | undefined {
  const target = classes[nameGiven(given['dataClass'])];
  if (!isFields(target) || !isFields(target['attributes'])) {
    faults.add(
      `${path}.dataClass`,
      `${nameGiven(given['dataClass'])} is not a dataclass; known are ${Object.keys(classes).join(', ')}`,
    );
    return undefined;
  }
  return target['attributes'];
}

/** All faults of an N→1 relation. */
export function checkToOne(faults: Faults, classes: Fields, own: Fields, path: string, given: Fields): void {
  faults.properties(path, given, relationProperties);
  if (given['mandatory'] === true && given['onDrop'] === 'null')
    faults.add(`${path}.onDrop`, 'a mandatory relation cannot be set to null');
  const target = related(faults, classes, path, given);
  if (!target) return;
  const keys = Object.values(target).filter((value) => isFields(value) && value['primKey'] === true);
  if (keys.length > 1) faults.add(`${path}.dataClass`, 'has a composite key; a relation needs a key of one attribute');
  if (given['foreignKey'] === undefined) return;
  const foreignKey = own[nameGiven(given['foreignKey'])];
  const key = keys[0] as Fields | undefined;
  if (!isFields(foreignKey) || (foreignKey['kind'] ?? 'storage') !== 'storage')
    faults.add(`${path}.foreignKey`, `${nameGiven(given['foreignKey'])} is not a storage attribute of this dataclass`);
  else if (key && foreignKey['type'] !== key['type'])
    faults.add(
      `${path}.foreignKey`,
      `is of type ${nameGiven(foreignKey['type'])}, the key of ${nameGiven(given['dataClass'])} is of type ${nameGiven(key['type'])}`,
    );
}

/** All faults of a 1→N relation. */
export function checkToMany(faults: Faults, classes: Fields, name: string, path: string, given: Fields): void {
  faults.properties(path, given, selectionProperties);
  const target = related(faults, classes, path, given);
  if (!target) return;
  const inverse = target[nameGiven(given['inverse'])];
  if (!isFields(inverse) || inverse['kind'] !== 'relatedEntity' || inverse['dataClass'] !== name)
    faults.add(
      `${path}.inverse`,
      `${nameGiven(given['inverse'])} is not an N→1 attribute of ${nameGiven(given['dataClass'])} that points to ${name}`,
    );
}
