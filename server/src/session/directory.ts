// What the directory of an application answers to a name and a password (spec 13 § 6.6), and what becomes of it.
import type { Json } from '../model/model.ts';
import { identityOf, type Identity } from './identity.ts';

export interface DirectoryUser {
  readonly name: string;
  /** Absent: the name. */
  readonly fullName?: string;
  /** 32 hex digits; absent: made from the name. */
  readonly ID?: string;
  /** Roles or privileges, roles first. */
  readonly belongsTo?: readonly string[];
  /** What the session begins with in its storage. */
  readonly storage?: Readonly<Record<string, Json>>;
}

/** The user may not log in, and why. */
export interface DirectoryError {
  readonly error: number;
  readonly errorMessage?: string;
}

/** `false`, or nothing, for somebody unknown and for a wrong password. */
export type DirectoryAnswer = DirectoryUser | DirectoryError | false | null | undefined;

/** Which of the names are roles. */
export type IsRole = (name: string) => boolean;

export type LoginResult =
  | { readonly kind: 'user'; readonly identity: Identity; readonly storage?: Record<string, Json> }
  | { readonly kind: 'refused'; readonly error?: DirectoryError };

/**
 * Reads an answer; the author's code is not typed at run time.
 * @throws TypeError for one that is neither of the documented ones
 */
export function readAnswer(answer: unknown, isRole: IsRole): LoginResult {
  if (answer === false || answer === null || answer === undefined) return { kind: 'refused' };
  if (typeof answer !== 'object') throw wrong('is neither false nor an object');
  if ('error' in answer) {
    const { error, errorMessage } = answer as Partial<DirectoryError>;
    if (!Number.isInteger(error)) throw wrong('has an `error` that is no number');
    return {
      kind: 'refused',
      error: { error: error as number, ...(errorMessage !== undefined && { errorMessage: String(errorMessage) }) },
    };
  }
  const { name, fullName, ID, belongsTo = [], storage } = answer as Partial<DirectoryUser>;
  if (typeof name !== 'string' || name === '') throw wrong('has no `name`');
  if (!Array.isArray(belongsTo) || !belongsTo.every((group) => typeof group === 'string'))
    throw wrong('has a `belongsTo` that is no list of names');
  const id = ID?.replaceAll('-', '').toUpperCase();
  if (id !== undefined && !/^[0-9A-F]{32}$/.test(id)) throw wrong('has an `ID` that is not of 32 hex digits');
  const identity = identityOf('user', {
    userName: name,
    ...(fullName !== undefined && { fullName }),
    ...(id !== undefined && { ID: id }),
    roles: belongsTo.filter(isRole),
    privileges: belongsTo.filter((group) => !isRole(group)),
  });
  return { kind: 'user', identity, ...(storage && { storage: { ...storage } }) };
}

const wrong = (what: string): TypeError => new TypeError(`What directory.login answered ${what}`);
