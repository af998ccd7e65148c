// Is this the code of that model? Lists every fault of what `implement` was given, with its path.
import { nameGiven, Faults, isFields, type Fields } from './faults.ts';
import { attributeEvents, entityEvents } from './code-defs.ts';
import { dataClassMembers, dataStoreMembers, entityMembers, selectionMembers } from './members.ts';
import { nameRule, nameText } from './names.ts';
import { parameterDef, type IsClass } from './parameter-type.ts';

const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

const classKeys = ['functions', 'selectionFunctions', 'entityFunctions', 'calculated', 'events', 'restrict'];
const functionKeys = ['exposed', 'onHttpGet', 'onHTTPGet', 'parameters', 'run'];
const calculatedKeys = ['get', 'set', 'query', 'orderBy'];

/** Names that a function cannot have, and whose they are. */
type Taken = readonly (readonly [names: ReadonlySet<string>, what: string])[];

const native = (members: ReadonlySet<string>, what: string): Taken[number] => [
  members,
  `a member that every ${what} has`,
];

function checkFunctions(faults: Faults, path: string, value: unknown, taken: Taken, isClass: IsClass): void {
  for (const [name, given] of Object.entries(faults.object(path, value))) {
    const at = `${path}.${name}`;
    if (!nameRule.test(name)) faults.add(at, nameText);
    for (const [names, what] of taken) if (names.has(name)) faults.add(at, `is ${what}; choose another name`);
    const code = faults.object(at, given, functionKeys);
    if (isFields(given) && typeof code['run'] !== 'function') faults.add(`${at}.run`, 'must be a function');
    for (const flag of ['exposed', 'onHttpGet', 'onHTTPGet'])
      if (code[flag] !== undefined && typeof code[flag] !== 'boolean')
        faults.add(`${at}.${flag}`, 'must be true or false');
    checkParameters(faults, `${at}.parameters`, code['parameters'], isClass);
  }
}

function checkParameters(faults: Faults, path: string, given: unknown, isClass: IsClass): void {
  if (given === undefined) return;
  if (!Array.isArray(given)) return faults.add(path, 'must be a list of types');
  const defs = given.map((name) => (typeof name === 'string' ? parameterDef(name, isClass) : undefined));
  for (const [i, def] of defs.entries()) {
    const at = `${path}[${i}]`;
    if (!def) faults.add(at, 'must be string, number, boolean, object, array, any, a dataclass or a selection of one');
    else if (!def.optional && defs[i - 1]?.optional)
      faults.add(at, 'stands behind one that may be missing, so it may be missing too: write a ? behind it');
  }
}

/**
 * All faults of the code of a model, empty when it can be used.
 * @param definition the plain model; its own faults are those of `checkDefinition`
 */
export function checkCode(code: unknown, definition: unknown): readonly string[] {
  const faults = new Faults();
  const given = faults.object('code', code, ['directory', 'functions', 'dataClasses', 'singletons']);
  const classes = fieldsOf(fieldsOf(definition)['dataClasses']);
  checkDirectory(faults, given['directory'], classes);
  const classNames = new Set(Object.keys(classes));
  for (const name of classNames)
    if (dataStoreMembers.has(name)) faults.add(`dataClasses.${name}`, 'is a member that every datastore has');
  const isClass: IsClass = (name) => classNames.has(name);
  const ofStore: Taken = [native(dataStoreMembers, 'datastore'), [classNames, 'the name of a dataclass']];
  checkFunctions(faults, 'functions', given['functions'], ofStore, isClass);
  for (const [name, own] of Object.entries(faults.object('dataClasses', given['dataClasses']))) {
    if (!classNames.has(name)) faults.add(`dataClasses.${name}`, `there is no dataclass ${name} in the model`);
    checkClass(faults, `dataClasses.${name}`, own, fieldsOf(fieldsOf(classes[name])['attributes']), isClass);
  }
  for (const [name, attributes] of Object.entries(classes)) checkAttributes(faults, name, attributes);
  for (const [name, own] of Object.entries(faults.object('singletons', given['singletons'])))
    checkSingleton(faults, name, own, isClass);
  return faults.lines;
}

/** A function, or the attributes of a dataclass that tell of its users. */
function checkDirectory(faults: Faults, given: unknown, classes: Fields): void {
  if (!isFields(given) || !('dataClass' in given)) {
    const own = faults.object('directory', given, ['login']);
    if (isFields(given) && typeof own['login'] !== 'function') faults.add('directory.login', 'must be a function');
    return;
  }
  const { dataClass, ...own } = faults.object('directory', given, ['dataClass', ...Object.keys(userAttributes)]);
  if (typeof dataClass !== 'string' || !Object.hasOwn(classes, dataClass))
    return faults.add('directory.dataClass', 'must be a dataclass of the model');
  const attributes = fieldsOf(fieldsOf(classes[dataClass])['attributes']);
  for (const [name, types] of Object.entries(userAttributes)) {
    const attribute = own[name];
    if (attribute === undefined && name !== 'name' && name !== 'passwordHash') continue;
    const given = fieldsOf(typeof attribute === 'string' ? attributes[attribute] : undefined);
    const { type, kind = 'storage', scope } = given;
    const at = `directory.${name}`;
    if (kind !== 'storage' || !types.includes(nameGiven(type)))
      faults.add(
        at,
        `must be an attribute of ${dataClass} that holds ${types.includes('object') ? 'a text or an object' : 'a text'}`,
      );
    else if (name === 'passwordHash' && scope !== 'publicOnServer')
      faults.add(at, 'must have the scope publicOnServer: hashes are not for clients');
  }
}

const texts = ['string', 'text'] as const;

/** What is told of a user, and the types of attributes that can hold it. */
const userAttributes: Readonly<Record<string, readonly string[]>> = {
  name: texts,
  passwordHash: texts,
  fullName: texts,
  ID: [...texts, 'uuid'],
  belongsTo: [...texts, 'object'],
};

function checkClass(faults: Faults, path: string, given: unknown, attributes: Fields, isClass: IsClass): void {
  const own = faults.object(path, given, classKeys);
  const taken: Taken[number] = [new Set(Object.keys(attributes)), 'the name of an attribute'];
  for (const [level, members] of [
    ['functions', native(dataClassMembers, 'dataclass')],
    ['selectionFunctions', native(selectionMembers, 'entity selection')],
    ['entityFunctions', native(entityMembers, 'entity')],
  ] as const)
    checkFunctions(faults, `${path}.${level}`, own[level], [members, taken], isClass);
  for (const [name, value] of Object.entries(faults.object(`${path}.calculated`, own['calculated'])))
    for (const [part, code] of Object.entries(faults.object(`${path}.calculated.${name}`, value, calculatedKeys)))
      faults.callable(`${path}.calculated.${name}.${part}`, code);
  checkEvents(faults, `${path}.events`, own['events'], attributes);
  faults.callable(`${path}.restrict`, own['restrict']);
}

function checkEvents(faults: Faults, path: string, given: unknown, attributes: Fields): void {
  const own = faults.object(path, given, [...entityEvents, 'attributes']);
  for (const [name, value] of Object.entries(own)) if (name !== 'attributes') faults.callable(`${path}.${name}`, value);
  for (const [name, value] of Object.entries(faults.object(`${path}.attributes`, own['attributes']))) {
    const at = `${path}.attributes.${name}`;
    if (!Object.hasOwn(attributes, name)) faults.add(at, 'is no attribute of the class');
    for (const [event, code] of Object.entries(faults.object(at, value, attributeEvents)))
      faults.callable(`${at}.${event}`, code);
  }
}

/**
 * Calculated attributes and their code must belong together.
 * @param code absent: the model came without code
 */
export function checkCalculated(code: unknown, definition: unknown): readonly string[] {
  const lines: string[] = [];
  for (const [name, dataClass] of Object.entries(fieldsOf(fieldsOf(definition)['dataClasses']))) {
    const attributes = fieldsOf(fieldsOf(dataClass)['attributes']);
    const given = fieldsOf(fieldsOf(fieldsOf(fieldsOf(code)['dataClasses'])[name])['calculated']);
    const isCalculated = (attribute: string): boolean =>
      Object.hasOwn(attributes, attribute) && fieldsOf(attributes[attribute])['kind'] === 'calculated';
    for (const attribute of Object.keys(attributes))
      if (isCalculated(attribute) && typeof fieldsOf(given[attribute])['get'] !== 'function')
        lines.push(
          `${name}.${attribute}: has no code; give implement a dataClasses.${name}.calculated.${attribute}.get`,
        );
    for (const attribute of Object.keys(given))
      if (!isCalculated(attribute))
        lines.push(`dataClasses.${name}.calculated.${attribute}: is no calculated attribute of the model`);
  }
  return lines;
}

/** Attributes are properties of entities, so they cannot be called like the members of an entity. */
function checkAttributes(faults: Faults, name: string, definition: unknown): void {
  for (const attribute of Object.keys(fieldsOf(fieldsOf(definition)['attributes'])))
    if (entityMembers.has(attribute))
      faults.add(`${name}.${attribute}`, 'is a member that every entity has; choose another name');
}

function checkSingleton(faults: Faults, name: string, given: unknown, isClass: IsClass): void {
  const path = `singletons.${name}`;
  if (!nameRule.test(name)) faults.add(path, nameText);
  if (!isFields(given)) return faults.add(path, 'must be an object with a scope and functions');
  const own = faults.object(path, given, ['scope', 'state', 'functions']);
  if (own['scope'] !== 'shared' && own['scope'] !== 'session') faults.add(`${path}.scope`, 'must be shared or session');
  faults.callable(`${path}.state`, own['state']);
  const taken: Taken = [[new Set(['constructor', 'then']), 'no name for a function']];
  checkFunctions(faults, `${path}.functions`, own['functions'], taken, isClass);
}
