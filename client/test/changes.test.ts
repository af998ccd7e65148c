// The feed of changes: what it tells of pictures, and what entities read before make of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '@keystamp/client';
import { Fixture } from '../../server/test/wire/fixture.ts';
import { picture } from '../../server/test/wire/pictures.ts';
import type { Model } from './open-client.ts';

const versionOf = (url: string): number => Number(/\$version=(\d+)/.exec(url)?.[1]);

test('the pictures of an entity that was saved, as they are now', { timeout: 600_000 }, async () => {
  const fixture = await Fixture.open('whole', { conversionSeconds: '120' });
  const url = `http://127.0.0.1:${await fixture.port(1)}/rest`;
  const [reader, writer] = [createClient<Model>({ url }), createClient<Model>({ url })];
  const control = AbortSignal.timeout(300_000);
  try {
    const ada = await reader.Employee.get(1);
    const version = (): number => versionOf(ada.photo?.url() ?? '');
    assert.equal(version(), 1);
    const since = (await reader.Employee.all({ top: 0 })).globalStamp ?? assert.fail();
    await (await writer.Employee.get(1)).write('photo', new Uint8Array(await picture('png')));
    await (await writer.Employee.get(5)).set({ salary: 1000 }).save();
    const images: unknown[] = [];
    for await (const change of reader.changes({ since, signal: control })) {
      if (change.kind !== 'saved') assert.fail(change.kind);
      const { photo } = change.images;
      images.push([change.key, photo ? versionOf(photo.uri) : photo]);
      if (images.length === 2) break;
    }
    assert.deepEqual(images, [['1', 2], ['5', null]]); // oxfmt-ignore
    assert.equal(version(), 2, 'an entity read before gives the new URL');
  } finally {
    await fixture.close();
  }
});
