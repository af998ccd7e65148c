// Requests with an API key: is it one, may it be used now and from there (spec 13 § 7)? A key that was found is looked up
// again when the data has changed, so that a removed one opens nothing any more.
import { timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { KeystampError } from '../errors.ts';
import type { Engine, Row } from '../store/engine.ts';
import { findKey } from '../store/sql/api-key.ts';
import { Addresses } from './addresses.ts';
import type { KeySessions } from './key-sessions.ts';
import { hashOfKey } from './stored-api-keys.ts';
import { identityOf, printIdentity, type Identity } from './identity.ts';

/** A key that may be used. */
export interface ApiKey {
  /** Names its session too. */
  readonly id: string;
  readonly identity: Identity;
}

interface KnownKey extends ApiKey {
  readonly expires: number;
  readonly hosts: Addresses | undefined;
  /** When the database was last asked, and the version of its data then. */
  checked: number;
  version: number | undefined;
}

const keptKeys = 1000;
/** How long a key is believed where the database cannot tell whether anything has changed. */
const checkMs = 2_000;

const refuse = (status: number, message: string): KeystampError =>
  new KeystampError(status, [], { thrown: [{ message, componentSignature: 'api', errCode: status }] });

/** @throws KeystampError 400 always: a key is required and there is none */
export function missingKey(): never {
  throw refuse(400, 'Some headers are missing, required headers [api-key]');
}

export class ApiKeys {
  readonly #engine: Engine;
  readonly #now: () => number;
  readonly #sessions: Pick<KeySessions, 'hasRow' | 'found'>;
  readonly #known = new LRUCache<string, KnownKey>({ max: keptKeys });

  /** @param sessions told what was found of the session of a key together with it */
  constructor(engine: Engine, now: () => number, sessions: Pick<KeySessions, 'hasRow' | 'found'>) {
    this.#engine = engine;
    this.#now = now;
    this.#sessions = sessions;
  }

  /**
   * The key that a request sends; a promise only when the database must be asked.
   * @throws KeystampError 401 unknown or expired, 403 not from that address
   */
  check(sent: string, address: string): ApiKey | Promise<ApiKey> {
    const hash = hashOfKey(sent);
    const known = this.#known.get(hash);
    return known && this.#isCurrent(known) ? this.#permit(known, address) : this.#lookUp(hash, address);
  }

  #isCurrent({ version, checked }: KnownKey): boolean {
    const current = this.#engine.dataVersion();
    return current === undefined ? this.#now() - checked < checkMs : current === version;
  }

  async #lookUp(hash: string, address: string): Promise<ApiKey> {
    // Another process may have made it a moment ago.
    const before = this.#known.get(hash);
    if (!before) this.#engine.refresh();
    const hadSession = before !== undefined && this.#sessions.hasRow(before);
    const version = this.#engine.dataVersion();
    const row = await this.#engine.row(findKey(hash));
    this.#known.delete(hash);
    if (!row || !timingSafeEqual(Buffer.from(String(row['hash'])), Buffer.from(hash)))
      throw refuse(401, 'Api-key Not Valid');
    const key = keyOf(row);
    // Equal keys share one identity for as long as they are known.
    const identity =
      before && printIdentity(before.identity) === printIdentity(key.identity) ? before.identity : key.identity;
    const known = { ...key, identity, checked: this.#now(), version };
    this.#known.set(hash, known);
    this.#sessions.found(known, row, hadSession);
    return this.#permit(known, address);
  }

  #permit(key: KnownKey, address: string): ApiKey {
    if (key.expires <= this.#now()) throw refuse(401, 'Api-key expired');
    if (key.hosts && !key.hosts.has(address)) throw refuse(403, '403 - Forbidden');
    return key;
  }
}

/** A row as it is used. */
function keyOf(row: Row): Omit<KnownKey, 'checked' | 'version'> {
  const id = String(row['id']);
  const description = String(row['description']);
  const role = row['role'] as string | null;
  const hosts = JSON.parse(String(row['hosts'])) as readonly string[];
  const identity = identityOf('key', {
    userName: description || id,
    ID: id,
    ...(role !== null && { roles: [role] }),
  });
  return {
    id,
    identity: row['type'] === 'administration' ? { ...identity, unbound: true } : identity,
    expires: Number(row['expires']),
    hosts: hosts.length > 0 ? new Addresses(hosts) : undefined,
  };
}
