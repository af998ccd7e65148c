// What is stored of an entity set beside its keys.
import type { Config } from '../config.ts';
import { failHttp } from '../errors.ts';
import type { DataClassDef } from '../model/model.ts';
import type { KeyFacts } from '../query/key-list.ts';
import type { StoredSet } from '../store/sql/entity-set.ts';
import { newId } from './session.ts';

/** A set that is to be made. */
export interface NewSet {
  readonly sessionId: string;
  readonly dataClass: DataClassDef;
  /** Life since the last access. */
  readonly timeoutSeconds: number | undefined;
  /** Only to make an expired set again under its old name. */
  readonly id?: string;
}

/** What a set takes beside its keys. */
export const setBytes = 200;
const longestTimeoutMs = 7 * 86_400_000;

/**
 * The row of a set of these keys.
 * @param now milliseconds, when its life begins
 * @throws KeystampError 429 when no set may be that large
 */
export function storedSet(
  { sessionId, dataClass, timeoutSeconds, id = newId() }: NewSet,
  { kind, count, bytes }: KeyFacts,
  { maxEntitySetBytes, entitySetSeconds }: Config,
  now: number,
): StoredSet {
  if (bytes + setBytes > maxEntitySetBytes) throw failHttp(429, 'entities in one set');
  const timeout = Math.min((timeoutSeconds ?? entitySetSeconds) * 1000, longestTimeoutMs);
  return {
    id,
    content: newId(),
    session: sessionId,
    dataClass: dataClass.name,
    kind,
    members: count,
    bytes: bytes + setBytes,
    timeout,
    expires: now + timeout,
  };
}
