// What can be computed over the values of an attribute (spec 05 § 7).
import type { Family } from '../model/attribute-types.ts';
import type { CalculatedDef, RelatedEntityDef, StorageDef } from '../model/model.ts';

/** A picture or BLOB under the name it was asked by: of the entity itself, or at the end of an alias. */
export type MediaPlace = Omit<ValuePlace, 'objectPath'>;

/** An attribute, or a place inside an object attribute, of the entity itself or at the end of an alias. */
export interface ValuePlace {
  /** As asked: `salary`, `employerName`, `spec.size`. */
  readonly name: string;
  /** The relations to walk to the entity that holds the value. */
  readonly steps: readonly RelatedEntityDef[];
  readonly attribute: StorageDef;
  /** Property names; empty for the attribute itself. */
  readonly objectPath: readonly string[];
  /** The value is worked out by code; `attribute` tells what it is like. */
  readonly calculated?: CalculatedDef;
}

interface AggregateRow {
  readonly families: readonly Family[];
  /** Over distinct values; only in `$all` with `$distinct=true`. */
  readonly distinct: boolean;
}

const numbers: readonly Family[] = ['number'];
const ordered: readonly Family[] = ['number', 'string', 'date'];
const all: readonly Family[] = ['number', 'string', 'date', 'bool'];

/** In the order in which `$all` prints them. */
export const aggregates = {
  count: { families: all, distinct: false },
  sum: { families: numbers, distinct: false },
  average: { families: numbers, distinct: false },
  min: { families: ordered, distinct: false },
  max: { families: ordered, distinct: false },
  countDistinct: { families: all, distinct: true },
  sumDistinct: { families: numbers, distinct: true },
  averageDistinct: { families: numbers, distinct: true },
} as const satisfies Record<string, AggregateRow>;

export type AggregateName = keyof typeof aggregates;

const names = new Set(Object.keys(aggregates).map((name) => name.toLowerCase()));

/** Whether the lower-case word is the name of an aggregate. */
export const isAggregate = (word: string): boolean => names.has(word);
