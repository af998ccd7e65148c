// Is this a model? Looks at everything a model file exports and lists every fault with its path.
import { checkAlias, checkCalculatedType } from './check-made.ts';
import { checkToMany, checkToOne } from './check-relations.ts';
import { checkStorage } from './check-storage.ts';
import { checkColumns, checkForeign, checkTables, checkUnique, serverTable } from './check-tables.ts';
import {
  nameGiven,
  anything,
  countFromOne,
  Faults,
  flag,
  isFields,
  object,
  oneOf,
  scope,
  text,
  type Fields,
} from './faults.ts';
import { isReservedName, nameRule, nameText } from './names.ts';

const classProperties = {
  scope,
  collectionName: text,
  table: text,
  defaultTopSize: countFromOne,
  track: flag,
  shared: flag,
  stamps: oneOf('columns', 'side'),
  attributes: object,
};

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
    else if (isReservedName(attribute))
      faults.add(path, `${attribute} is a member that every entity has; choose another name`);
    if (isFields(value)) checkAttribute(faults, classes, name, attribute, value, attributes);
    else faults.add(path, 'must be an object with a type or a kind');
  }
  checkForeign(faults, name, definition, attributes);
  checkKey(faults, name, attributes);
}

function checkAttribute(
  faults: Faults,
  classes: Fields,
  className: string,
  name: string,
  given: Fields,
  attributes: Fields,
): void {
  const path = `${className}.${name}`;
  const kind = given['kind'] === undefined ? 'storage' : given['kind'];
  switch (kind) {
    case 'storage':
      return checkStorage(faults, path, name, given);
    case 'relatedEntity':
      return checkToOne(faults, classes, attributes, path, given);
    case 'relatedEntities':
      return checkToMany(faults, classes, className, path, given);
    case 'calculated':
      return checkCalculatedType(faults, classes, path, given);
    case 'alias':
      return checkAlias(faults, classes, className, name, given);
    default:
      faults.add(
        `${path}.kind`,
        `${nameGiven(kind)} is not a kind; use storage, calculated, alias, relatedEntity or relatedEntities`,
      );
  }
}

function checkKey(faults: Faults, className: string, attributes: Fields): void {
  const keys = Object.values(attributes).filter((value) => isFields(value) && value['primKey'] === true);
  if (keys.length === 0) faults.add(className, 'has no key; give an attribute primKey: true');
  if (keys.length > 1 && keys.some((key) => (key as Fields)['autosequence'] === true))
    faults.add(className, 'a composite key cannot be numbered by autosequence');
  if (keys.length > 1)
    for (const [attribute, value] of Object.entries(attributes))
      if (isFields(value) && value['keywords'] === true)
        faults.add(`${className}.${attribute}.keywords`, 'a word index needs a key of one attribute');
}
