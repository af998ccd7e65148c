// The JSON form of an image URL while its picture changes.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { defineModel } from 'keystamp';
import { openModel } from '../../orm/open-model.ts';
import { ask, save } from '../../orm/rest.ts';
import { picture } from '../../wire/pictures.ts';

const definition = defineModel({
  dataClasses: { Shot: { attributes: { ID: { type: 'long', primKey: true }, photo: { type: 'image' } } } },
});

test('the version and the stamp beside it are of one moment (spec 10 § 2.11)', async () => {
  const program = await openModel(definition);
  try {
    await save(program, 'Shot', { ID: 1 });
    const replace = async (): Promise<unknown> =>
      ask(program, 'PUT', '/rest/Shot(1)/photo?$rawPict=true', Buffer.from(await picture('png')));
    await replace();
    const { engine } = program.keystamp.services;
    const row = engine.row.bind(engine);
    // The picture changes right after the first thing that the answer reads.
    engine.row = async (statement) => {
      const found = await row(statement);
      engine.row = row;
      await replace();
      engine.refresh();
      return found;
    };
    const made = await program.keystamp.handle({
      method: 'GET',
      url: '/rest/Shot(1)/photo?$imageformat=best',
      headers: { accept: 'application/json' },
      body: Readable.from([]),
      remoteAddress: '127.0.0.1',
      secure: false,
    });
    const { photo } = JSON.parse(Buffer.from(made.body as Uint8Array).toString('utf8'));
    assert.equal(Number(/version=(\d+)/.exec(photo.uri)?.[1]), photo.__STAMP);
  } finally {
    await program.close();
  }
});
