// Who may put bytes somewhere may upload them: an upload names no attribute yet (spec 14 § 5).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { defineModel, implement } from 'keystamp';
import { buildModel } from '../../src/model/load.ts';
import { readRolesFile } from '../../src/session/roles-file.ts';
import { Roles } from '../../src/session/roles.ts';
import { openServer, type Office } from './open-office.ts';

const model = buildModel(
  implement(
    defineModel({
      name: 'uploads',
      dataClasses: {
        Paper: { attributes: { ID: { type: 'long', primKey: true }, file: { type: 'blob' } } },
        Face: { attributes: { ID: { type: 'long', primKey: true }, picture: { type: 'image' } } },
        Word: { attributes: { ID: { type: 'long', primKey: true }, text: { type: 'text' } } },
      },
    }),
    { directory: { login: (name: string) => ({ name, belongsTo: [name] }) } },
  ),
);

const { file, faults } = readRolesFile(
  JSON.stringify({
    privileges: ['filing', 'facing', 'writing'].map((privilege) => ({ privilege })),
    roles: ['filing', 'facing', 'writing'].map((name) => ({ role: name, privileges: [name] })),
    permissions: {
      allowed: [
        { type: 'dataclass', applyTo: 'Paper', create: ['filing'], update: ['nobody'] },
        { type: 'dataclass', applyTo: 'Face', read: ['facing'], create: ['nobody'], update: ['facing'] },
        { type: 'dataclass', applyTo: 'Word', create: ['writing'], update: ['writing'] },
      ],
    },
    restrictedByDefault: true,
    forceLogin: false,
  }),
  model,
);

let office: Office;
before(async () => {
  assert.ok(file, faults.join('\n'));
  office = await openServer({ model, roles: new Roles(file), entities: async function* () {} }, Date.now);
});
after(() => office.close());

for (const [role, status] of [['filing', 200], ['facing', 200], ['writing', 401]] as const)
  test(`${role}: ${status}`, async () => {
    const cookie = await office.logIn(role);
    const answer = await office.ask({ method: 'POST', url: '/rest/$upload', body: Buffer.from('bytes') }, cookie);
    assert.equal(answer.status, status, String(answer.body));
  }); // oxfmt-ignore
