// `session`: the session of the running call, for authors of functions and events (spec 13 § 9). Changes take effect inside
// the call at once, and are on disk before the answer goes out.
import { identityOf, type Granted, type Identity } from '../session/identity.ts';
import type { Json } from '../model/model.ts';
import { currentCall } from './current-call.ts';
import type { Caller } from './caller.ts';

/** Privileges and roles by name; a text holds several with commas between them. */
export interface PrivilegesGiven {
  readonly privileges?: string | readonly string[];
  readonly roles?: string | readonly string[];
  readonly userName?: string;
}

export interface UserSession {
  /** Names the session: 32 hex digits, the same for as long as it lives. It opens nothing. */
  readonly id: string;
  /** Empty for a guest. */
  readonly userName: string;
  /** Minutes until the session ends when it is not used; at least those of the setting `sessionIdleMinutes`. */
  idleTimeout: number;
  /** ISO time when it ends unless it is used. */
  readonly expirationDate: string;
  /** What functions keep in the session; JSON, kept for as long as it lives. */
  readonly storage: Record<string, Json>;
  /** True while nobody has logged in. */
  isGuest(): boolean;
  /** Does the call hold the privilege, by the session or lent to it? */
  hasPrivilege(name: string): boolean;
  /** All privileges of the session, those of its roles and those they include. */
  getPrivileges(): readonly string[];
  /** Replaces what the session holds; unknown names are ignored. False for a program with an API key. */
  setPrivileges(given: string | readonly string[] | PrivilegesGiven): boolean;
  /** The session is a guest's again. */
  clearPrivileges(): boolean;
  /** Lends a privilege to this call alone; the number to give it back by, 0 when it is unknown or held already. */
  promote(privilege: string): number;
  /** Takes back what `promote` lent. */
  demote(id: number): void;
  /** A token that opens this session once, from elsewhere. @param seconds its life, 10 at least; absent: idleTimeout */
  createOTP(seconds?: number): string;
  /** Becomes the session of a token, which is used up; false when it opens none. */
  restore(token: string): Promise<boolean>;
}

const leastTokenSeconds = 10;
/** Numbers given out by `promote`. */
let promotions = 0;

/** The session of the running call. */
export const session: UserSession = {
  get id() {
    return caller().openSession().id;
  },
  get userName() {
    return caller().identity.userName;
  },
  get idleTimeout() {
    return caller().idleMs / 60_000;
  },
  set idleTimeout(minutes) {
    if (typeof minutes !== 'number' || !(minutes > 0)) throw new RangeError('idleTimeout is a number of minutes');
    caller().setIdleMs(minutes * 60_000);
  },
  get expirationDate() {
    return new Date(caller().expires).toISOString();
  },
  get storage() {
    return caller().storage;
  },
  isGuest: () => caller().identity.kind === 'guest',
  hasPrivilege: (name) => currentCall().access.held.has(String(name).toLowerCase()),
  getPrivileges() {
    const { roles } = currentCall().services;
    const { identity } = caller();
    // Without a roles file names are spelled as they were given.
    const given = new Map(identity.privileges.map((name) => [name.toLowerCase(), name]));
    const held = roles.namesHeld(roles.of(identity));
    return held.map((name) => given.get(name) ?? name).toSorted();
  },
  setPrivileges(given) {
    const { roles } = currentCall().services;
    const asked = isNames(given) ? { privileges: given } : given;
    const privileges = names(asked.privileges).filter((name) => roles.isPrivilege(name));
    const granted = { privileges, roles: names(asked.roles).filter((name) => roles.isRole(name)) };
    const { userName = caller().identity.userName } = asked;
    return become({ ...granted, userName });
  },
  clearPrivileges: () => become({}),
  promote(privilege) {
    const { services, state } = currentCall();
    const name = String(privilege).toLowerCase();
    if (!services.roles.isPrivilege(name) || currentCall().access.held.has(name)) return 0;
    state.promotions.set(++promotions, name);
    return promotions;
  },
  demote(id) {
    currentCall().state.promotions.delete(id);
  },
  createOTP(seconds) {
    const life = seconds === undefined ? caller().idleMs : Math.max(leastTokenSeconds, Number(seconds)) * 1000;
    if (!Number.isFinite(life)) throw new RangeError('A token lives for a number of seconds');
    return caller().createToken(life);
  },
  async restore(token) {
    const call = currentCall();
    return call.write((tx) => call.caller.restore(String(token), tx));
  },
};

const caller = (): Caller => currentCall().caller;

const isNames = (given: unknown): given is string | readonly string[] =>
  typeof given === 'string' || Array.isArray(given);

const names = (given: string | readonly string[] | undefined = []): readonly string[] =>
  (typeof given === 'string' ? given.split(',') : given).map((name) => String(name).trim()).filter((name) => name !== ''); // oxfmt-ignore

/** False for a key: it is what it is. */
function become(granted: Granted): boolean {
  const { identity } = caller();
  if (identity.kind === 'key') return false;
  const holds = (granted.privileges?.length ?? 0) + (granted.roles?.length ?? 0) > 0;
  const next = identityOf(holds ? 'user' : 'guest', {
    ...granted,
    // The same person keeps the name and the id that the directory gave.
    ...(granted.userName === identity.userName && { fullName: identity.fullName, ID: identity.ID }),
  });
  if (!isSame(identity, next)) caller().become({ identity: next });
  return true;
}

const isSame = (a: Identity, b: Identity): boolean => JSON.stringify(a) === JSON.stringify(b);
