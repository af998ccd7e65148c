// Who a session acts for (spec 13 §§ 1, 5, 6). An identity never changes: a session that becomes someone else gets
// another one, and another secret with it.
import { hash } from 'node:crypto';

/** `user`: logged in, by the directory or with privileges; `key`: a program with an API key. */
export type IdentityKind = 'guest' | 'user' | 'key';

export interface Identity {
  readonly kind: IdentityKind;
  /** Empty for a guest. */
  readonly userName: string;
  readonly fullName: string;
  /** 32 upper-case hex digits; zeros for a guest. */
  readonly ID: string;
  /** As they were given; what they hold is worked out by whoever decides about access. */
  readonly privileges: readonly string[];
  readonly roles: readonly string[];
  /** An API key of type Administration: roles and privileges do not bind it (spec 13 § 7.1). */
  readonly unbound?: boolean;
}

const noUser = '0'.repeat(32);

/** Nobody in particular; one object, so that it can be recognised. */
export const guest: Identity = {
  kind: 'guest',
  userName: '',
  fullName: '',
  ID: noUser,
  privileges: [],
  roles: [],
};

/** The id of a user whose backend has none: always the same for the same name (spec 13 § 6.8). */
function userIdOf(userName: string): string {
  const digits = hash('sha256', `keystamp user ${userName}`, 'hex').slice(0, 32).toUpperCase();
  // Version 8 of RFC 9562: the application's own way of making UUIDs.
  return `${digits.slice(0, 12)}8${digits.slice(13, 16)}A${digits.slice(17)}`;
}

/** What an identity is made of. */
export type Granted = Partial<Pick<Identity, 'userName' | 'fullName' | 'ID' | 'privileges' | 'roles'>>;

/** @param kind what holding these privileges makes of the session */
export function identityOf(kind: IdentityKind, granted: Granted): Identity {
  const { userName = '', privileges = [], roles = [] } = granted;
  return {
    kind,
    userName,
    fullName: granted.fullName ?? userName,
    ID: granted.ID ?? (userName === '' ? noUser : userIdOf(userName)),
    privileges,
    roles,
  };
}

/** As the database keeps it; nothing for the plain guest. */
export const printIdentity = (identity: Identity): string | null =>
  identity === guest ? null : JSON.stringify(identity);

/** The inverse of `printIdentity`. */
export const readIdentity = (text: string | null): Identity => (text === null ? guest : (JSON.parse(text) as Identity));
