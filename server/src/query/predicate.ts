// Which entities: a filter bound to a dataclass, with attributes resolved and values canonical. Knows no SQL and no
// engine. Logic is three-valued as in SQL: a comparison with null is unknown (spec 04 § 4).
import type { CalculatedDef, DataClassDef, RelationDef, StorageDef, Value } from '../model/model.ts';
import { keyCount, type KeyList } from './key-list.ts';
import type { Comparison } from './operators.ts';

/** A date met by values inside an object, where stored dates are ISO texts: milliseconds since 1970. */
export interface Instant {
  readonly instant: number;
}

/** What a value inside an object is compared with; its JavaScript type is the JSON type that it needs. */
export type ObjectScalar = boolean | number | bigint | string | Instant;

/** A text with wildcards, cut at them: `J@n` is `['J', 'n']`; at least two pieces. */
export type Pattern = readonly string[];

/** What is asked of one value. `V` is `Value` for attributes and `ObjectScalar` inside objects. */
export type Test<V> =
  /** Null, or missing in an object; never unknown. */
  | { readonly kind: 'null'; readonly negated: boolean }
  /** Any value at all, unknown for null: `attr = @`. Negated it is never true. */
  | { readonly kind: 'any'; readonly negated: boolean }
  | { readonly kind: 'compare'; readonly comparison: Comparison; readonly value: V }
  | { readonly kind: 'like'; readonly pattern: Pattern; readonly negated: boolean }
  /** Equal to one of the values or like one of the patterns. */
  | { readonly kind: 'in'; readonly values: readonly V[]; readonly patterns: readonly Pattern[] }
  /** Holds every word of the text; the last one may end with a wildcard. */
  | { readonly kind: 'words'; readonly text: string; readonly prefix: boolean }
  /** One of these foreign keys, compared exactly, without folding. */
  | { readonly kind: 'identity'; readonly values: readonly V[]; readonly negated: boolean };

export type Predicate =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  /** The key is one of these; each key is the list of its parts. */
  | { readonly kind: 'keys'; readonly dataClass: DataClassDef; readonly keys: readonly (readonly Value[])[] }
  /** The key, one attribute, is in the list; the list may be long. */
  | { readonly kind: 'members'; readonly dataClass: DataClassDef; readonly keys: KeyList }
  | { readonly kind: 'and'; readonly parts: readonly Predicate[] }
  | { readonly kind: 'or'; readonly parts: readonly Predicate[] }
  | { readonly kind: 'not'; readonly part: Predicate }
  /** True for `from`, unless `without` is true. */
  | { readonly kind: 'except'; readonly from: Predicate; readonly without: Predicate }
  | { readonly kind: 'test'; readonly attribute: StorageDef; readonly test: Test<Value> }
  /** Some related entity fulfils `where`; never unknown. */
  | {
      readonly kind: 'exists';
      readonly relation: RelationDef;
      /** Criteria of one AND group share a row when relation and reference agree (spec 04 § 7). */
      readonly reference: string;
      readonly where: Predicate;
    }
  /** A test of a value at a path: in an object attribute, or in the collection element around. */
  | {
      readonly kind: 'json';
      readonly attribute: StorageDef | undefined;
      readonly path: readonly string[];
      readonly test: Test<ObjectScalar>;
    }
  /** What code answers; it becomes another predicate before a statement is made (orm/settle.ts). */
  | {
      readonly kind: 'calculated';
      readonly attribute: CalculatedDef;
      /** As code is told: `==`, `===`, `!=`, `!==`, `<`, `<=`, `>`, `>=`, `IN`, `%`. */
      readonly operator: string;
      readonly value: Value | readonly Value[];
      /** What is asked of each value when there is no code for queries. */
      readonly test?: Test<Value>;
    }
  /** Some element of the collection at the path fulfils `where`; unknown when there is no collection. */
  | {
      readonly kind: 'element';
      readonly attribute: StorageDef | undefined;
      readonly path: readonly string[];
      /** Criteria of one AND group share an element when path and letter agree; without letter each has its own. */
      readonly letter: string;
      readonly where: Predicate;
    };

export const all: Predicate = { kind: 'all' };
export const none: Predicate = { kind: 'none' };

/** The entities of a class that have one of these canonical keys. */
export const keysOf = (dataClass: DataClassDef, keys: readonly (readonly Value[])[]): Predicate =>
  keys.length === 0 ? none : { kind: 'keys', dataClass, keys };

/** The entities of a class with one key attribute whose keys are in the list. */
export const membersOf = (dataClass: DataClassDef, keys: KeyList): Predicate =>
  keyCount(keys) === 0 ? none : { kind: 'members', dataClass, keys };

/** Both hold; each keeps its own related rows. */
export function allOf(a: Predicate, b: Predicate): Predicate {
  if (a.kind === 'all' || b.kind === 'none') return b;
  if (b.kind === 'all' || a.kind === 'none') return a;
  return { kind: 'and', parts: [...(a.kind === 'and' ? a.parts : [a]), ...(b.kind === 'and' ? b.parts : [b])] };
}

/**
 * The criteria of one AND group: those over the same related row, or the same lettered element, become one
 * (spec 04 § 7: `staff.firstName = 'A' AND staff.lastName = 'B'` needs one employee with both).
 */
export function conjoin(parts: readonly Predicate[]): Predicate {
  return group('and', parts);
}

/** The criteria of one OR group; a row that one of them needs is looked for once, which changes no answer. */
export function disjoin(parts: readonly Predicate[]): Predicate {
  return group('or', parts);
}

function group(kind: 'and' | 'or', parts: readonly Predicate[]): Predicate {
  const flat = parts.flatMap((part) => (part.kind === kind ? part.parts : [part]));
  const [only] = flat;
  if (flat.length === 1 && only) return only;
  const shared = new Map<string, Predicate[]>();
  const places = flat.map((part): Predicate | string => {
    const row = sharedRow(part);
    if (row === undefined || (part.kind !== 'exists' && part.kind !== 'element')) return part;
    const members = shared.get(row);
    if (members) {
      members.push(part.where);
      return '';
    }
    shared.set(row, [part.where]);
    return row;
  });
  const merged = places.flatMap((place, i): readonly Predicate[] => {
    if (typeof place !== 'string') return [place];
    const part = flat[i];
    if (place === '' || (part?.kind !== 'exists' && part?.kind !== 'element')) return [];
    return [{ ...part, where: group(kind, shared.get(place) ?? []) }];
  });
  const [single] = merged;
  return merged.length === 1 && single ? single : { kind, parts: merged };
}

/** What names the row or element that a criterion looks for, when others may share it. */
function sharedRow(part: Predicate): string | undefined {
  if (part.kind === 'exists') return `row ${part.relation.name} ${part.reference}`;
  if (part.kind !== 'element' || part.letter === '') return undefined;
  return `element ${JSON.stringify([part.attribute?.name ?? null, part.path, part.letter])}`;
}

/** Whether code must answer a part of it. */
export function isCalculated(predicate: Predicate): boolean {
  switch (predicate.kind) {
    case 'calculated':
      return true;
    case 'and':
    case 'or':
      return predicate.parts.some(isCalculated);
    case 'not':
      return isCalculated(predicate.part);
    case 'except':
      return isCalculated(predicate.from) || isCalculated(predicate.without);
    case 'exists':
      return isCalculated(predicate.where);
    case 'all':
    case 'none':
    case 'keys':
    case 'members':
    case 'test':
    case 'json':
    case 'element':
      return false;
    default:
      return predicate satisfies never;
  }
}
