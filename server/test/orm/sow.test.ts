// First data of a model whose classes have events: it is stored as it is, and the code is not asked.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { defineModel, implement } from 'keystamp';
import { readConfig } from '../../src/config.ts';
import { openKeystamp } from '../../src/keystamp.ts';
import { buildModel } from '../../src/model/load.ts';
import { sow } from '../../src/orm/sow.ts';
import { sql } from '../../src/store/sql/sql.ts';
import '../kept-converters.ts';

test('a seed is stored without the events of its classes', async () => {
  let asked = 0;
  const definition = defineModel({
    dataClasses: {
      Person: { attributes: { ID: { type: 'long', primKey: true, autosequence: true }, name: { type: 'string' } } },
    },
  });
  const events = { validateSave: () => void asked++, saving: () => void asked++, afterSave: () => void asked++ };
  const model = buildModel(implement(definition, { dataClasses: { Person: { events } } }));
  const data = mkdtempSync(join(tmpdir(), 'keystamp-sow-'));
  const keystamp = await openKeystamp(model, readConfig({ data, converters: 1 }), () => {});
  async function* entities(): AsyncGenerator<{ dataClass: string; values: { name: string } }> {
    for (const name of ['Ada', 'Bo']) yield { dataClass: 'Person', values: { name } };
  }
  try {
    await sow({ total: 2, entities }, model, join(data, 'seed'), keystamp.services, () => {});
    const rows = await keystamp.services.engine.rows(sql`SELECT name FROM "Person" ORDER BY "ID"`);
    assert.deepEqual(
      rows.map(({ name }) => name),
      ['Ada', 'Bo'],
    );
    assert.equal(asked, 0);
  } finally {
    await keystamp.close();
    rmSync(data, { recursive: true });
  }
});
