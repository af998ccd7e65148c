// A model whose users are entities.
import { defineModel, generatePasswordHash, implement, session } from 'keystamp';
import type { SeedEntity } from '../../src/model/seed.ts';

const model = defineModel({
  name: 'members',
  dataClasses: {
    Member: {
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        login: { type: 'string', unique: true },
        hash: { type: 'string', scope: 'publicOnServer' },
        fullName: { type: 'string' },
        badge: { type: 'uuid' },
        groups: { type: 'object' },
      },
    },
  },
});

export const members = implement(model, {
  directory: {
    dataClass: 'Member',
    name: 'login',
    passwordHash: 'hash',
    fullName: 'fullName',
    ID: 'badge',
    belongsTo: 'groups',
  },
  functions: { privileges: { exposed: true, run: () => session.getPrivileges() } },
  dataClasses: {
    // Nobody sees the members; logging in finds them.
    Member: { restrict: () => 'ID = null' },
  },
});

export async function* memberEntities(): AsyncGenerator<SeedEntity> {
  const hash = await generatePasswordHash('secret');
  const badge = 'A0100000000000000000000000000079';
  const amina = { login: 'amina', hash, fullName: 'Amina Diallo', badge, groups: ['payroll', ' staff'] };
  yield { dataClass: 'Member', values: amina };
  yield { dataClass: 'Member', values: { login: 'bo@home', hash } };
  yield { dataClass: 'Member', values: { login: 'closed' } };
}
