// The types that a function declares for its parameters (spec 12 §§ 3.3, 7.5): JSON types, entities and selections. A `?`
// behind the name: the parameter may be missing or null.

/** The types of plain JSON, and how a value is told to be one. */
const plainTypes = {
  any: () => true,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  array: Array.isArray,
} satisfies Record<string, (value: unknown) => boolean>;

export type PlainType = keyof typeof plainTypes;

/** What stands for what is expected: `number`, `string?`, `Employee`, `EmployeeSelection`. */
export type ParameterName = PlainType | `${PlainType}?` | (string & {});

export interface ParameterDef {
  /** As it was declared. */
  readonly name: string;
  /** It may be missing or null. */
  readonly optional: boolean;
  /** `entity`, `selection`: of the dataclass of that name. */
  readonly kind: PlainType | 'entity' | 'selection';
  readonly dataClass?: string;
}

/** Is that the name of a dataclass? */
export type IsClass = (name: string) => boolean;

const isPlain = (name: string): name is PlainType => Object.hasOwn(plainTypes, name);

/** What a name stands for, `undefined` for one that is no type. */
export function parameterDef(name: string, isClass: IsClass): ParameterDef | undefined {
  const optional = name.endsWith('?');
  const type = optional ? name.slice(0, -1) : name;
  if (isPlain(type)) return { name, optional, kind: type };
  if (isClass(type)) return { name, optional, kind: 'entity', dataClass: type };
  const owner = type.endsWith('Selection') ? type.slice(0, -'Selection'.length) : '';
  return isClass(owner) ? { name, optional, kind: 'selection', dataClass: owner } : undefined;
}

type Members = Readonly<Record<string, unknown>>;

/** Is the value of a request of that type? Of a selection the class is not known before its set is found. */
export function hasType({ kind, dataClass }: ParameterDef, value: unknown): boolean {
  if (kind !== 'entity' && kind !== 'selection') return plainTypes[kind](value);
  if (!plainTypes.object(value)) return false;
  const members = value as Members;
  return kind === 'entity'
    ? members['__ENTITY'] === true && members['__DATACLASS'] === dataClass
    : members['__ENTITIES'] === true && '__DATASET' in members;
}
