// The shapes in which entities come in a body (spec 06 § 1.1).
import type { Config } from '../config.ts';
import { fail, failHttp } from '../errors.ts';

export type EntityBody = Readonly<Record<string, unknown>>;

export interface BodyItems {
  readonly items: readonly EntityBody[];
  /** The body was one object, so the answer is one. */
  readonly single: boolean;
}

const isObject = (value: unknown): value is EntityBody =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The entities of a body: one object, an array, or `{"__ENTITIES":[…]}`.
 * @throws KeystampError 1806 for anything else, 413 for too many
 */
export function bodyItems(body: unknown, { maxEntitiesPerSave }: Config): BodyItems {
  const list = Array.isArray(body) ? body : isObject(body) ? body['__ENTITIES'] : undefined;
  if (list === undefined && isObject(body)) return { items: [body], single: true };
  if (!Array.isArray(list)) throw fail(1806, 'the body is neither an entity nor a list of entities');
  if (list.length > maxEntitiesPerSave) throw failHttp(413, `more than ${maxEntitiesPerSave} entities`);
  if (!list.every(isObject)) throw fail(1806, 'a list of entities holds something else');
  return { items: list, single: false };
}

/**
 * The stamp to check, `undefined` when there is none or it is 0. Negative ones ask to override, which no class allows; they
 * compare by their positive value.
 * @throws KeystampError 1508
 */
export function stampIn({ __STAMP: stamp }: EntityBody): number | undefined {
  if (stamp === undefined || stamp === null || stamp === 0) return undefined;
  const number = typeof stamp === 'string' && /^-?\d{1,15}$/.test(stamp) ? Number(stamp) : stamp;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw fail(1508, '__STAMP', 'a whole number');
  return Math.abs(number);
}
