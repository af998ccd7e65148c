// Calls of functions: arguments as JSON (spec 12 § 3), results as values (§ 4).
import type { DataStore } from './data-store.ts';
import { EntityObject } from './entity.ts';
import { EntitySet } from './entity-set.ts';
import type { Params } from './query-string.ts';
import type { WireEntity, WireSelection } from './wire.ts';

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

/** What a function returned: entities and pages as such, other values out of `result`, bytes as a Blob, text as text. */
export async function resultOf(store: DataStore, response: Response): Promise<unknown> {
  const type = response.headers.get('Content-Type') ?? '';
  if (type.startsWith('text/')) return response.text();
  if (!/[/+]json\b/.test(type)) return response.blob();
  const body = (await response.json()) as unknown;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  if ('__ENTITIES' in body) return store.readPage(body as unknown as WireSelection);
  if ('__STAMP' in body) return store.readEntity(body as WireEntity);
  if ('result' in body) return store.readResult(body.result);
  return 'ok' in body && Object.keys(body).length === 1 ? undefined : body;
}
