// A session and what gives a client its hold on one (spec 13 §§ 1, 2). The id names the session: locks, sets and uploads
// are filed under it, and it stays while the session lives. The secret is what the cookie carries: it changes with every
// change of identity, and the database knows only its hash.
import { hash, randomBytes } from 'node:crypto';
import type { Json } from '../model/model.ts';
import type { Identity } from './identity.ts';

/** All times are milliseconds since 1970. */
export interface Session {
  /** 32 upper-case hex digits. No credential. */
  readonly id: string;
  readonly identity: Identity;
  readonly storage: SessionStorage;
  readonly load: SessionLoad;
  /** How long it lives without being used. */
  idleMs: number;
  lastUsed: number;
  /** When it ends unless it is used, as the database has it. */
  expires: number;
  /** Of a new session until its row is on disk; rejects with 402 when there are too many sessions. */
  stored?: Promise<void>;
}

/** What functions keep in the session (spec 13 § 9, `storage`): one object for all of its requests in this process. */
export interface SessionStorage {
  readonly value: Record<string, Json>;
  /** As the database has it. */
  saved: string;
}

/** What a session is busy with in this process. */
export interface SessionLoad {
  requests: number;
}

/** A client's hold on a session. */
export interface Ticket {
  /** 32 upper-case hex digits. */
  readonly secret: string;
  readonly session: Session;
  /** When the database was last asked whether the secret still opens the session. */
  checked: number;
  /** The version of the data it was asked of, see `Engine.dataVersion`. */
  version: number | undefined;
  /** When the client last got the cookie. */
  cookieSent: number;
}

/** 128 random bits, as 32 upper-case hex digits. */
export const newId = (): string => randomBytes(16).toString('hex').toUpperCase();

/** How a secret is filed: whoever reads the database cannot use it. */
export const hashOf = (secret: string): string => hash('sha256', secret, 'hex');

/** Nothing of it is in the database yet. @param value what the session begins with; its storage is this very object */
export const newStorage = (value: Record<string, Json> = {}): SessionStorage => ({ value, saved: '{}' });
