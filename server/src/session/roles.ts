// The privileges and roles that are in force: who holds what, and the `Access` of everyone who holds the same.
import { LRUCache } from 'lru-cache';
import { Access, guestPrivilege, promotionsOf, type Resource } from './access.ts';
import type { RolesFile } from './roles-file.ts';

/** Sets of privileges that are remembered; a forgotten one is made again. */
const keptAccesses = 1000;

/** What somebody was given: privileges and roles by name (spec 13 § 9). */
export interface Grants {
  readonly privileges?: readonly string[];
  readonly roles?: readonly string[];
  /** Roles and privileges do not bind it: an administration key (spec 13 § 7.1). */
  readonly unbound?: boolean;
}

export class Roles {
  readonly #file: RolesFile | undefined;
  readonly #accesses = new LRUCache<string, Access>({ max: keptAccesses });
  #made = 0;
  readonly #known = new WeakMap<Grants, Access>();
  readonly #lent = new WeakMap<object, readonly string[]>();
  /** Of administration keys. */
  readonly admin: Access;

  /** @param file absent: nothing is protected (spec 14 § 3.5) */
  constructor(file?: RolesFile) {
    this.#file = file;
    this.admin = new Access(new Set([guestPrivilege]), 'all', '');
  }

  /** Nothing is protected: there is no roles file. */
  get isOpen(): boolean {
    return this.#file === undefined;
  }

  /** Guests may only see descriptions and log in; `undefined` when there is no roles file to say so. */
  get forceLogin(): boolean | undefined {
    return this.#file?.forceLogin;
  }

  /**
   * The one access of everybody who holds these privileges, those they include, and `guest`.
   * @param privileges names in any case
   */
  accessOf(privileges: Iterable<string>): Access {
    const held = this.#closed(privileges);
    const name = [...held].toSorted().join('\n');
    let access = this.#accesses.get(name);
    if (!access) {
      const file = this.#file;
      access = new Access(held, file?.permissions ?? 'all', file ? `${++this.#made} ` : '');
      this.#accesses.set(name, access);
    }
    return access;
  }

  /** The access of whoever was given that; grants do not change. */
  of(grants: Grants): Access {
    if (grants.unbound) return this.admin;
    let access = this.#known.get(grants);
    if (!access) this.#known.set(grants, (access = this.accessOf(this.resolve(grants))));
    return access;
  }

  /** That of a session without privileges. */
  get guest(): Access {
    return this.accessOf([]);
  }

  /** The same access with more privileges for a while (spec 14 § 6). */
  promote(access: Access, privileges: Iterable<string>): Access {
    return access === this.admin ? access : this.accessOf([...access.held, ...privileges]);
  }

  /**
   * The privileges that are lent while the code of a function or an attribute runs; looked up once for each.
   * @param resourceOf what the roles file calls it
   */
  promotionsOf<T extends object>(code: T, resourceOf: (code: T) => Resource): readonly string[] {
    if (!this.#file) return [];
    let lent = this.#lent.get(code);
    if (!lent) this.#lent.set(code, (lent = promotionsOf(this.#file.permissions, resourceOf(code))));
    return lent;
  }

  /**
   * The privileges that grants stand for, as the file spells them; unknown names are left out (spec 13 § 9). Without a
   * roles file every privilege is known and no role.
   */
  resolve({ privileges = [], roles = [] }: Grants): readonly string[] {
    const file = this.#file;
    if (!file) return [...new Set(privileges)];
    const named = [
      ...privileges.map((name) => name.toLowerCase()),
      ...roles.flatMap((name) => file.roles.get(name.toLowerCase()) ?? []),
    ];
    return [...new Set(named)].flatMap((name) => file.privileges.get(name) ?? []);
  }

  /** Is there a privilege of that name? */
  isPrivilege(name: string): boolean {
    return this.#file === undefined || this.#file.privileges.has(name.toLowerCase());
  }

  isRole(name: string): boolean {
    return this.#file?.roles.has(name.toLowerCase()) ?? false;
  }

  /** The names held, as the file spells them, without the implicit `guest`. */
  namesHeld({ held }: Access): readonly string[] {
    return [...held].filter((name) => name !== guestPrivilege).map((name) => this.#file?.privileges.get(name) ?? name);
  }

  #closed(privileges: Iterable<string>): Set<string> {
    const held = new Set<string>();
    const waiting = [guestPrivilege, ...privileges].map((name) => name.toLowerCase());
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (held.has(name)) continue;
      held.add(name);
      waiting.push(...(this.#file?.includes.get(name) ?? []));
    }
    return held;
  }
}
