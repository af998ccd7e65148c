// `query('salary > :1', 1000, { top: 10 })`: a filter, the values of its placeholders, and options at the end.
import type { FilterValue } from './query-string.ts';
import type { QueryOptions } from './selection.ts';

export type QueryArguments = readonly unknown[];

export interface SplitQuery {
  readonly filter: string | undefined;
  readonly values: readonly FilterValue[];
  // oxlint-disable-next-line no-explicit-any -- options for any class
  readonly options: QueryOptions<any, any>;
}

/** Values of placeholders are never objects but lists and dates, so an object at the end is the options. */
export function splitArguments(args: QueryArguments): SplitQuery {
  const last = args.at(-1);
  const hasOptions = typeof last === 'object' && last !== null && !Array.isArray(last) && !(last instanceof Date);
  const given = hasOptions ? args.slice(0, -1) : args;
  const [filter, ...values] = given as [string | undefined, ...FilterValue[]];
  return { filter, values, options: hasOptions ? last : {} };
}
