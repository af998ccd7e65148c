// What becomes of entities whose pictures cannot be looked into at the moment.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { defineModel } from 'keystamp';
import { failHttp } from '../../../src/errors.ts';
import { importData } from '../../../src/exchange/import-data.ts';
import type { Source } from '../../../src/exchange/source.ts';
import type { Converter } from '../../../src/image/converter.ts';
import { openModel } from '../../orm/open-model.ts';

const photo = readFileSync(join(import.meta.dirname, '../../../../examples/company/photos/umang.jpg'));

test('a picture that could not be looked into for one entity is looked into again for the next', async () => {
  const definition = defineModel({
    dataClasses: { Place: { attributes: { ID: { type: 'long', primKey: true }, view: { type: 'image' } } } },
  });
  const opened = await openModel(definition);
  try {
    const { engine, converter } = opened.keystamp.services;
    let looks = 0;
    const busyOnce = Object.assign(Object.create(converter) as Converter, {
      inspect: (bytes: Uint8Array) =>
        looks++ === 0 ? Promise.reject(failHttp(503, 'too many pictures wait')) : converter.inspect(bytes),
    });
    const source: Source = {
      definition,
      losses: [],
      count: async () => 200,
      async *entities() {
        for (let ID = 1; ID <= 200; ID++)
          yield {
            keyText: String(ID),
            stamp: 1,
            timestamp: '2025-01-01T00:00:00.000Z',
            values: { ID },
            media: {
              view: {
                bytes: async () => photo,
                version: () => 1,
                mediatype: () => 'image/jpeg',
                changedAt: () => undefined,
              },
            },
          };
      },
    };
    const services = { engine, converter: busyOnce };
    const { counts, losses } = await importData(source, opened.keystamp.services.model, services, {
      begin: () => undefined,
      update: () => undefined,
    });
    assert.equal(counts.get('Place'), 200);
    // Those alone that asked at the same time.
    assert.ok(losses.length > 0 && losses.length <= 6, losses.join('\n'));
  } finally {
    await opened.close();
  }
});
