// API keys as they are made and listed (spec 13 § 7). What opens the API is shown once, when the key is made.
import { hash, randomBytes } from 'node:crypto';
import type { Engine } from '../store/engine.ts';
import { deleteKey, insertKey, listKeys } from '../store/sql/api-key.ts';
import { Addresses } from './addresses.ts';
import { newId } from './session.ts';

/** `standard`: acts as its role; `administration`: roles and privileges do not bind it. */
export const keyTypes = ['standard', 'administration'] as const;

export type KeyType = (typeof keyTypes)[number];

export interface KeyWish {
  readonly type: KeyType;
  /** Needed by a standard key. */
  readonly role?: string;
  readonly description: string;
  /** Life in days, at most a year. */
  readonly days: number;
  /** Addresses and networks it may be used from; empty: any. */
  readonly hosts: readonly string[];
}

/** A key without what it opens the API with; times are milliseconds since 1970. */
export interface KeyRow {
  readonly id: string;
  readonly type: KeyType;
  readonly role: string | null;
  readonly description: string;
  readonly created: number;
  readonly expires: number;
  readonly hosts: readonly string[];
}

const mostDays = 366;
const dayMs = 86_400_000;

/** 256 random bits need no slow hash: nobody can try them all. */
export const hashOfKey = (key: string): string => hash('sha256', key, 'hex');

/**
 * Makes a key; answers what the client sends as `api-key`, which nobody can find out later.
 * @throws Error that says what is wrong with the wish
 */
export async function addKey(engine: Engine, wish: KeyWish, now: number): Promise<{ id: string; key: string }> {
  const { type, role, description, days, hosts } = wish;
  if (type === 'standard' && !role) throw new Error('A standard key acts as a role: give it one');
  if (type === 'administration' && role) throw new Error('Roles do not bind an administration key: give it none');
  if (!(days > 0 && days <= mostDays)) throw new Error(`A key lives for ${mostDays} days at most`);
  void new Addresses(hosts);
  const key = `ks_${randomBytes(32).toString('base64url')}`;
  const id = newId();
  const expires = now + Math.floor(days * dayMs);
  const row = { id, type, role: role ?? null, description, created: now, expires, hosts: JSON.stringify(hosts) };
  await engine.write((tx) => tx.run(insertKey({ ...row, hash: hashOfKey(key) })));
  return { id, key };
}

/** All keys, the oldest first. */
export async function listedKeys(engine: Engine): Promise<readonly KeyRow[]> {
  const rows = await engine.rows(listKeys());
  return rows.map((row) => ({
    id: String(row['id']),
    type: row['type'] as KeyType,
    role: row['role'] as string | null,
    description: String(row['description']),
    created: Number(row['created']),
    expires: Number(row['expires']),
    hosts: JSON.parse(String(row['hosts'])) as readonly string[],
  }));
}

/** Whether there was such a key. It opens nothing any more, in no process. */
export const removeKey = async (engine: Engine, id: string): Promise<boolean> =>
  (await engine.write((tx) => tx.run(deleteKey(id)))) > 0;
