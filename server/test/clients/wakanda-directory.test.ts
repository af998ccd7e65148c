// What a program written for Wakanda does with users: logging in and out, asking who and what one is.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import wakanda from 'wakanda-client';
import { Fixture } from '../wire/fixture.ts';
import { dialects, type Client } from './wakanda.ts';

for (const dialect of dialects)
  describe(`users with the client of Wakanda, dialect ${dialect}`, () => {
    let fixture: Fixture;
    let client: Client;
    let directory: Client['directory'];

    before(async () => {
      fixture = await Fixture.open('sample', { dialect });
      client = new wakanda.WakandaClient({ host: `http://127.0.0.1:${await fixture.port(1)}` });
      ({ directory } = client);
    });
    after(async () => {
      const faults = fixture.takeFaults();
      await fixture.close();
      assert.deepEqual(faults, []);
    });

    test('nobody is logged in', async () => {
      assert.equal(await directory.getCurrentUser(), null);
      assert.equal(await directory.getCurrentUserBelongsTo('Payroll'), false);
    });

    test('a wrong password and an unknown user', async () => {
      assert.equal(await directory.login('clara', 'bruno-hires'), false);
      assert.equal(await directory.login('nobody', 'clara-pays'), false);
      assert.equal(await directory.getCurrentUser(), null);
    });

    test('logging in', async () => {
      assert.equal(await directory.login('clara', 'clara-pays', 7200), true);
      const user = await directory.getCurrentUser();
      assert.deepEqual([user.userName, user.fullName], ['clara', 'Clara Dupont']);
      assert.match(String(user.ID), /^[0-9A-F]{32}$/);
    });

    test('groups', async () => {
      assert.equal(await directory.getCurrentUserBelongsTo('Payroll'), true);
      assert.equal(await directory.getCurrentUserBelongsTo('Staff'), false);
    });

    test('data is read and written with the session', async () => {
      const { Employee } = await client.getCatalog();
      assert.ok(Employee);
      const page = await Employee.query({ filter: 'ID < 4' });
      const [ada] = page.entities;
      ada!['salary'] = 52500;
      await ada!.save();
      assert.equal((await Employee.find(1))['salary'], 52500);
      await page.fetch();
      assert.equal(page.entities.length, 3);
    });

    test('becoming somebody else', async () => {
      assert.equal(await directory.login('bruno', 'bruno-hires'), true);
      assert.equal((await directory.getCurrentUser()).userName, 'bruno');
      assert.equal(await directory.getCurrentUserBelongsTo('Payroll'), false);
    });

    test('logging out', async () => {
      assert.equal(await directory.logout(), true);
      assert.equal(await directory.getCurrentUser(), null);
      assert.equal(await directory.logout(), true);
    });
  });
