// What code of calculated attributes gives that cannot be is its fault, and told so (spec 15 § 7).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataStoreOf, defineModel, implement, throwError } from 'keystamp';
import { openFilled } from './calculated-model.ts';
import { openModel } from './open-model.ts';
import { ask, save } from './rest.ts';

test('pictures that are none are the fault of the code', async () => {
  const program = await openFilled();
  try {
    const { status, body } = await ask(program, 'GET', '/rest/Member(1)/face?$imageformat=best');
    assert.deepEqual([status, body.__ERROR[0].errCode], [500, 1585]);
  } finally {
    await program.close();
  }
});

test('what code gives that is not of the declared type is its fault', async () => {
  const giving = (value: unknown): (() => never) => (() => value) as () => never;
  const odd = defineModel({
    dataClasses: {
      Odd: {
        attributes: {
          ID: { type: 'long', primKey: true, autosequence: true },
          notNumber: { kind: 'calculated', type: 'long', exposed: true },
          notPicture: { kind: 'calculated', type: 'image', exposed: true },
          notEntity: { kind: 'calculated', type: 'entity', dataClass: 'Odd', exposed: true },
          ofAnother: { kind: 'calculated', type: 'entity', dataClass: 'Odd', exposed: true },
          notSelection: { kind: 'calculated', type: 'selection', dataClass: 'Odd', exposed: true },
        },
      },
      Other: { attributes: { ID: { type: 'long', primKey: true } } },
    },
  });
  const others = dataStoreOf(odd);
  const opened = await openModel(
    implement(odd, {
      dataClasses: {
        Odd: {
          calculated: {
            notNumber: { get: giving('many') },
            notPicture: { get: giving('a picture') },
            notEntity: { get: giving({ ID: 1 }) },
            ofAnother: { get: () => others.Other.new() as never },
            notSelection: { get: giving([]) },
          },
        },
      },
    }),
  );
  try {
    assert.equal((await save(opened, 'Odd', { ID: 1 }, '&$attributes=ID')).status, 200);
    for (const name of ['notNumber', 'notPicture', 'notEntity', 'ofAnother', 'notSelection']) {
      const { status, body } = await ask(opened, 'GET', `/rest/Odd(1)?$attributes=${name}`);
      assert.deepEqual([status, body.__ERROR?.[0].errCode], [500, 1585], name);
    }
  } finally {
    await opened.close();
  }
});

test('code that fails while a list is saved fails its entity alone, which is not stored', async () => {
  const attributes = {
    ID: { type: 'long', primKey: true },
    name: { type: 'string' },
    shout: { kind: 'calculated', type: 'string', exposed: true },
  } as const;
  const model = defineModel({ dataClasses: { Word: { attributes } } });
  const words = await openModel(
    implement(model, {
      dataClasses: {
        Word: {
          calculated: {
            shout: {
              get() {
                if (this.name === 'mute') throw new Error('no voice');
                if (this.name === 'late') throwError({ errCode: 7, message: 'too late', deferred: true });
                return this.name?.toUpperCase() ?? null;
              },
            },
          },
        },
      },
    }),
  );
  const errors = (item: { __ERROR: { errCode: number }[] }) => item.__ERROR.map(({ errCode }) => errCode);
  const posted = [
    { ID: 1, name: 'a' },
    { ID: 2, name: 'mute' },
    { ID: 3, name: 'late' },
    { ID: 4, name: 'd' },
  ];
  try {
    const { status, body } = await save(words, 'Word', posted);
    assert.equal(status, 500);
    const [a, mute, late, d] = body.__ENTITIES;
    assert.deepEqual([a.shout, a.__STATUS.success, d.shout, d.__STATUS.success], ['A', true, 'D', true]);
    assert.deepEqual([mute.__STATUS.status, ...errors(mute)], [4, -1, 1562, 1534]);
    assert.deepEqual([late.__STATUS.status, ...errors(late)], [4, 7, 1534]);
    assert.deepEqual((await ask(words, 'GET', '/rest/Word?$compute=count&$attributes=ID')).body, 2);

    const one = await save(words, 'Word', { __KEY: '1', __STAMP: 1, name: 'mute' });
    assert.deepEqual([one.status, ...errors(one.body)], [500, -1, 1562, 1517]);
    assert.deepEqual([one.body.__STAMP, one.body.name, one.body.shout], [1, 'a', 'A']);

    await save(words, 'Word', [{ __KEY: '1', name: 'mute' }, { __KEY: '4', name: 'dd' }], '&$attributes=name'); // oxfmt-ignore
    const stale = await save(words, 'Word', { __KEY: '1', __STAMP: 1, name: 'b' });
    assert.equal(stale.status, 409);
    assert.deepEqual([stale.body.__STAMP, stale.body.name, 'shout' in stale.body], [2, 'mute', false]);

    const all = await save(words, 'Word', [{ __KEY: '4', name: 'e' }, { __KEY: '1', name: 'mute' }], '&$atomic=true'); // oxfmt-ignore
    assert.equal(all.status, 500);
    assert.deepEqual([all.body.__ENTITIES[0].name, all.body.__ENTITIES[0].__STAMP], ['dd', 2]);
    assert.deepEqual(errors(all.body.__ENTITIES[1]), [-1, 1562, 1517]);

    const shown = await save(words, 'Word', [{ __KEY: '4', name: 'mute' }, { __KEY: '4', name: 'f' }], '&$refresh=true'); // oxfmt-ignore
    assert.deepEqual(errors(shown.body.__ENTITIES[0]), [-1, 1562, 1517]);
    assert.equal(shown.body.__ENTITIES[1].shout, 'F');
  } finally {
    await words.close();
  }
});
