// A model with users: a directory, a function that logs in, and functions that show what a session is to them.
import { defineModel, generatePasswordHash, implement, verifyPasswordHash } from 'keystamp';
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

export const users = implement(model, {
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
