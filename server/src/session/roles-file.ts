// The roles file: JSON text → permissions, or every fault with its path (spec 14 §§ 1 to 3).
import type { DataClassDef, Model } from '../model/model.ts';
import { rolesWarnings, type ListedEntry } from './roles-warnings.ts';
import { accessActions, datastoreName, guestPrivilege, type AccessAction, type Resource } from './access.ts';

/** What entries allow: `type applyTo` → action → privileges in lower case. */
export interface Permissions {
  readonly entries: ReadonlyMap<string, ReadonlyMap<AccessAction, ReadonlySet<string>>>;
  /** What no list speaks of is refused. */
  readonly restrictedByDefault: boolean;
}

export interface RolesFile {
  /** Every privilege as it was written first, by its name in lower case. */
  readonly privileges: ReadonlyMap<string, string>;
  /** Privilege → the privileges it includes; names in lower case. */
  readonly includes: ReadonlyMap<string, readonly string[]>;
  /** Role → its privileges; names in lower case. */
  readonly roles: ReadonlyMap<string, readonly string[]>;
  readonly permissions: Permissions;
  /** Guests may only see descriptions and log in (spec 13 § 4). */
  readonly forceLogin: boolean;
}

export interface ReadRolesFile {
  /** Absent when there are faults. */
  readonly file?: RolesFile;
  /** `$.permissions.allowed[2].read[0]: a name is expected` */
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

type Kind = Resource['kind'];

/** Which actions go with which type of resource (spec 14 § 2.4). */
const actionsOf: Readonly<Record<Kind, readonly AccessAction[]>> = {
  datastore: accessActions,
  dataclass: accessActions,
  attribute: ['read', 'create', 'update', 'drop', 'describe', 'promote'],
  method: ['execute', 'promote', 'describe'],
  singleton: ['execute', 'promote'],
  singletonMethod: ['execute', 'promote'],
};

/** Only code can be lent privileges, and only a stored value can be dropped (spec 14 §§ 2.4, 2.6). */
function actionsFor(model: Model, type: Kind, applyTo: string): readonly AccessAction[] {
  const actions = actionsOf[type];
  if (type !== 'attribute') return actions;
  const [owner = '', name = ''] = applyTo.split('.');
  const kind: string | undefined = model.dataClasses.get(owner)?.attributes.get(name)?.kind;
  const isMade = kind === 'calculated' || kind === 'alias';
  return actions.filter((action) => (action !== 'promote' || kind === 'calculated') && (action !== 'drop' || !isMade));
}

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @param text of the file; @param model whose classes, attributes and functions it names */
export function readRolesFile(text: string, model: Model): ReadRolesFile {
  let json: unknown;
  try {
    // Editors of Windows begin a file with a byte order mark.
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return { faults: [`$: no JSON: ${(error as Error).message}`], warnings: [] };
  }
  const reader = new Reader(model);
  const file = reader.file(json);
  const { faults, warnings, entries, declared } = reader;
  if (faults.length > 0) return { faults, warnings };
  return { file, faults, warnings: [...warnings, ...rolesWarnings(file, entries, declared, model)] };
}

class Reader {
  readonly faults: string[] = [];
  readonly warnings: string[] = [];
  readonly entries: ListedEntry[] = [];
  /** Privileges that include nothing, with their places. */
  readonly declared = new Map<string, string>();
  readonly #model: Model;
  readonly #privileges = new Map<string, string>([[guestPrivilege, guestPrivilege]]);
  readonly #includes = new Map<string, readonly string[]>();

  constructor(model: Model) {
    this.#model = model;
  }

  file(json: unknown): RolesFile {
    const root = this.#object(json, '$') ?? {};
    this.#known(root, '$', ['privileges', 'roles', 'permissions', 'restrictedByDefault', 'forceLogin']);
    this.#list(root['privileges'], '$.privileges').forEach((item, i) => this.#privilege(item, `$.privileges[${i}]`));
    const roles = new Map<string, readonly string[]>();
    this.#list(root['roles'], '$.roles').forEach((item, i) => {
      const at = `$.roles[${i}]`;
      const role = this.#object(item, at) ?? {};
      this.#known(role, at, ['role', 'privileges']);
      const name = this.#name(role['role'], `${at}.role`);
      const privileges = this.#names(role['privileges'] ?? [], `${at}.privileges`);
      if (name !== undefined) roles.set(name.toLowerCase(), [...(roles.get(name.toLowerCase()) ?? []), ...privileges]);
    });
    const entries = this.#permissions(root['permissions']);
    return {
      privileges: this.#privileges,
      includes: this.#includes,
      roles,
      permissions: {
        entries,
        restrictedByDefault: this.#flag(root['restrictedByDefault'], '$.restrictedByDefault'),
      },
      forceLogin: this.#flag(root['forceLogin'], '$.forceLogin'),
    };
  }

  #privilege(item: unknown, at: string): void {
    const given = this.#object(item, at) ?? {};
    this.#known(given, at, ['privilege', 'includes']);
    const name = this.#name(given['privilege'], `${at}.privilege`);
    const includes = this.#names(given['includes'] ?? [], `${at}.includes`);
    if (name === undefined) return;
    const key = this.#use(name);
    this.#includes.set(key, [...(this.#includes.get(key) ?? []), ...includes]);
    if (includes.length === 0) this.declared.set(key, at);
  }

  #permissions(value: unknown): Permissions['entries'] {
    const entries = new Map<string, Map<AccessAction, Set<string>>>();
    const given = value === undefined ? {} : (this.#object(value, '$.permissions') ?? {});
    this.#known(given, '$.permissions', ['allowed']);
    this.#list(given['allowed'], '$.permissions.allowed').forEach((item, i) => {
      const at = `$.permissions.allowed[${i}]`;
      const entry = this.#object(item, at);
      if (!entry) return;
      const type = this.#type(entry['type'], `${at}.type`);
      const applyTo = this.#name(entry['applyTo'], `${at}.applyTo`);
      if (type !== undefined && applyTo !== undefined) this.#resource(type, applyTo, `${at}.applyTo`);
      const known = type === undefined ? [] : actionsFor(this.#model, type, applyTo ?? '');
      const lists = this.#lists(entry, type, known, at);
      // The documented file of a new project has empty lists alone and means none of them (spec 14 § 4.1).
      if (type === undefined || applyTo === undefined || lists.every(([, names]) => names.length === 0)) return;
      this.entries.push({ at, type, applyTo, lists });
      const key = `${type} ${applyTo}`;
      const united = entries.get(key) ?? new Map<AccessAction, Set<string>>();
      for (const [action, names] of lists) united.set(action, (united.get(action) ?? new Set()).union(new Set(names)));
      entries.set(key, united);
    });
    return entries;
  }

  #lists(
    entry: JsonObject,
    type: Kind | undefined,
    known: readonly AccessAction[],
    at: string,
  ): readonly (readonly [AccessAction, string[]])[] {
    return Object.entries(entry).flatMap(([word, names]): readonly (readonly [AccessAction, string[]])[] => {
      if (word === 'type' || word === 'applyTo') return [];
      const action = accessActions.find((each) => each === word);
      if (!action) this.faults.push(`${at}.${word}: no action; actions are ${accessActions.join(', ')}`);
      else if (type && !known.includes(action))
        this.faults.push(`${at}.${word}: this ${type} has the actions ${known.join(', ')}`);
      const given = this.#names(names, `${at}.${word}`);
      return action ? [[action, given]] : [];
    });
  }

  #type(value: unknown, at: string): Kind | undefined {
    if (typeof value === 'string' && Object.hasOwn(actionsOf, value)) return value as Kind;
    this.faults.push(`${at}: one of ${Object.keys(actionsOf).join(', ')} is expected`);
    return undefined;
  }

  #resource(type: Kind, applyTo: string, at: string): void {
    const fault = unknownResource(this.#model, type, applyTo);
    if (fault !== undefined) this.faults.push(`${at}: ${fault}`);
  }

  #object(value: unknown, at: string): JsonObject | undefined {
    if (isObject(value)) return value;
    this.faults.push(`${at}: an object is expected`);
    return undefined;
  }

  #list(value: unknown, at: string): readonly unknown[] {
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    this.faults.push(`${at}: an array is expected`);
    return [];
  }

  #flag(value: unknown, at: string): boolean {
    if (value !== undefined && typeof value !== 'boolean') this.faults.push(`${at}: true or false is expected`);
    return value === true;
  }

  #name(value: unknown, at: string): string | undefined {
    if (typeof value === 'string' && value.trim() !== '') return value;
    this.faults.push(`${at}: a name is expected`);
    return undefined;
  }

  /** Names of privileges, in lower case; one alone needs no array. */
  #names(value: unknown, at: string): string[] {
    if (typeof value === 'string') return this.#name(value, at) === undefined ? [] : [this.#use(value)];
    if (!Array.isArray(value)) {
      this.faults.push(`${at}: an array of names is expected`);
      return [];
    }
    return value.flatMap((item, i) => {
      const name = this.#name(item, `${at}[${i}]`);
      return name === undefined ? [] : [this.#use(name)];
    });
  }

  /** A privilege that is named somewhere is declared by that (spec 14 § 2.2). */
  #use(name: string): string {
    const key = name.toLowerCase();
    if (!this.#privileges.has(key)) this.#privileges.set(key, name);
    return key;
  }

  #known(given: JsonObject, at: string, keys: readonly string[]): void {
    for (const key of Object.keys(given))
      if (!keys.includes(key)) this.warnings.push(`${at}.${key}: is not known and does nothing`);
  }
}

/** Why there is no such resource, `undefined` when there is. */
function unknownResource(model: Model, type: Kind, applyTo: string): string | undefined {
  const [first = '', second, ...rest] = applyTo.split('.');
  const dataClass = model.dataClasses.get(first);
  const isPair = second !== undefined && rest.length === 0;
  switch (type) {
    case 'datastore':
      return applyTo === datastoreName ? undefined : `the datastore is called ${datastoreName}`;
    case 'dataclass':
      return second === undefined && dataClass ? undefined : `there is no dataclass ${applyTo}`;
    case 'attribute':
      return isPair && dataClass?.attributes.has(second) ? undefined : `there is no attribute ${applyTo}`;
    case 'method': {
      const found = first === datastoreName ? model.functions.has(second ?? '') : hasFunction(dataClass, second ?? '');
      return isPair && found ? undefined : `there is no function ${applyTo}`;
    }
    case 'singleton':
      return second === undefined && model.singletons.has(first) ? undefined : `there is no singleton ${applyTo}`;
    case 'singletonMethod': {
      const found = model.singletons.get(first)?.functions.has(second ?? '') ?? false;
      return isPair && found ? undefined : `there is no function ${applyTo} of a singleton`;
    }
    default:
      return type satisfies never;
  }
}

/** In the dataclass, its selections or its entities: the three cannot be told apart here (spec 14 § 2.5). */
const hasFunction = (dataClass: DataClassDef | undefined, name: string): boolean =>
  dataClass !== undefined &&
  (dataClass.functions.has(name) || dataClass.selectionFunctions.has(name) || dataClass.entityFunctions.has(name));
