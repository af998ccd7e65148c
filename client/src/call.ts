// Calls of functions: arguments as JSON (spec 12 § 3).
import { EntityObject } from './entity.ts';
import { EntitySet } from './entity-set.ts';
import type { Params } from './query-string.ts';

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** By GET, for functions that allow it. */
  readonly get?: boolean;
  /** More parameters, such as `$attributes` of a returned entity. */
  readonly params?: Params;
}

/** Functions of which nothing is known: any name, any parameters; the result is a promise. */
// oxlint-disable-next-line no-explicit-any -- an index signature would make every function possibly undefined
export type Calls = any;

type Invoke = (name: string, args: readonly unknown[], options?: CallOptions) => Promise<unknown>;

/** `proxy.topPaid(3)` → `invoke('topPaid', [3])`. */
export const callProxy = <T = Calls>(invoke: Invoke): T =>
  new Proxy({} as T & object, {
    get: (_target, name) =>
      typeof name === 'symbol' || name === 'then' ? undefined : (...args: unknown[]) => invoke(name, args),
  });

/** An argument as JSON: entities and entity sets as the protocol marks them. */
export async function argumentOf(value: unknown): Promise<unknown> {
  if (value instanceof EntityObject) return value.toArgument();
  return value instanceof EntitySet ? { __DATASET: value.id, __ENTITIES: true } : value;
}
