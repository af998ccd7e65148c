// A model with users: a directory, a function that logs in, and functions that show what a session is to them.
import {
  defineModel,
  generatePasswordHash,
  implement,
  session,
  verifyPasswordHash,
  type PrivilegesGiven,
} from 'keystamp';
import type { Json } from '../../src/model/model.ts';
import type { SeedEntity } from '../../src/model/seed.ts';
import { picture } from './pictures.ts';

const model = defineModel({
  name: 'users',
  dataClasses: {
    Note: {
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        text: { type: 'string' },
        picture: { type: 'image' },
      },
    },
  },
});

interface User {
  readonly hash: Promise<string>;
  readonly fullName?: string;
  readonly ID?: string;
  readonly belongsTo: readonly string[];
}

const people: Readonly<Record<string, User>> = {
  amina: {
    hash: generatePasswordHash('secret'),
    fullName: 'Amina Diallo',
    ID: 'A0100000000000000000000000000079',
    belongsTo: ['Payroll', 'viewStaff'],
  },
  bo: { hash: generatePasswordHash('pass:word é'), belongsTo: [] },
  root: { hash: generatePasswordHash('toor'), belongsTo: ['WebAdmin'] },
};

type Given = string | readonly string[] | PrivilegesGiven;

/** Let those go on who wait. */
const gates: (() => void)[] = [];

export const users = implement(model, {
  functions: {
    authentify: {
      exposed: true,
      async run({ name, password }: { name: string; password: string }) {
        const user = people[name];
        if (!(await verifyPasswordHash(password, await user?.hash)) || !user) return false;
        return session.setPrivileges({ privileges: user.belongsTo, userName: name });
      },
    },
    who: {
      exposed: true,
      onHttpGet: true,
      run: () => ({
        userName: session.userName,
        guest: session.isGuest(),
        privileges: session.getPrivileges(),
        idle: session.idleTimeout,
        expires: session.expirationDate,
      }),
    },
    sessionId: { exposed: true, run: () => session.id },
    setPrivileges: { exposed: true, run: (given: Given) => session.setPrivileges(given) },
    setAndThrow: {
      exposed: true,
      run(given: Given) {
        session.setPrivileges(given);
        throw new Error('too late');
      },
    },
    clearPrivileges: { exposed: true, run: () => session.clearPrivileges() },
    has: { exposed: true, run: (name: string) => session.hasPrivilege(name) },
    lend: {
      exposed: true,
      run(name: string) {
        const id = session.promote(name);
        const during = session.hasPrivilege(name);
        const again = session.promote(name);
        session.demote(id);
        return { lent: id > 0, during, again, after: session.hasPrivilege(name), own: session.getPrivileges() };
      },
    },
    lendAndKeep: { exposed: true, run: (name: string) => session.promote(name) > 0 },
    lendAndWait: {
      exposed: true,
      async run(name: string) {
        session.promote(name);
        await new Promise<void>((resolve) => gates.push(resolve));
        return session.hasPrivilege(name);
      },
    },
    letGo: {
      exposed: true,
      run(name: string) {
        for (const open of gates.splice(0)) open();
        return session.hasPrivilege(name);
      },
    },
    keep: {
      exposed: true,
      run(name: string, value: Json) {
        session.storage[name] = value;
      },
    },
    kept: { exposed: true, run: () => session.storage },
    live: {
      exposed: true,
      run(minutes: number) {
        session.idleTimeout = minutes;
        return session.idleTimeout;
      },
    },
    token: { exposed: true, run: (seconds?: number) => session.createOTP(seconds) },
    restore: { exposed: true, run: (token: string) => session.restore(token) },
  },
  singletons: {
    Visits: {
      scope: 'session',
      state: () => ({ count: 0 }),
      functions: {
        next: {
          exposed: true,
          run() {
            return ++this.count;
          },
        },
      },
    },
  },
  directory: {
    async login(name, password) {
      if (name === 'locked') return { error: 1024, errorMessage: 'The account is locked' };
      if (name === 'broken') throw new Error('The directory is down');
      const user = people[name];
      if (!(await verifyPasswordHash(password, await user?.hash)) || !user) return false;
      const { fullName, ID, belongsTo } = user;
      return { name, ...(fullName && { fullName }), ...(ID && { ID }), belongsTo, storage: { theme: 'dark' } };
    },
  },
});

export async function* noteEntities(): AsyncGenerator<SeedEntity> {
  yield { dataClass: 'Note', values: { ID: 1, text: 'first' }, media: { picture: await picture('png') } };
  yield { dataClass: 'Note', values: { ID: 2, text: 'second' } };
}
