// What an export holds when others write meanwhile.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { defineModel } from 'keystamp';
import { exportData } from '../../../src/exchange/export-data.ts';
import { buildModel } from '../../../src/model/load.ts';
import type { Engine } from '../../../src/store/engine.ts';
import { openModel } from '../../orm/open-model.ts';
import { ask, save } from '../../orm/rest.ts';
import '../../kept-converters.ts';

test('entities of composite keys are neither left out nor written twice while others are deleted', async () => {
  const place = { row: { type: 'string', primKey: true }, seat: { type: 'long', primKey: true } } as const;
  const definition = defineModel({ dataClasses: { Place: { attributes: place } } });
  const opened = await openModel(definition);
  const folder = mkdtempSync(join(tmpdir(), 'keystamp-export-'));
  try {
    const seats = Array.from({ length: 600 }, (_, i) => ({ row: i < 300 ? 'a' : 'b"&', seat: i }));
    assert.equal((await save(opened, 'Place', seats)).status, 200);
    const { engine } = opened.keystamp.services;
    let reads = 0;
    /** The first page has been read: what stood before the second one goes. */
    const meddled = Object.assign(Object.create(engine) as Engine, {
      dialect: engine.dialect,
      keys: engine.keys.bind(engine),
      rows: engine.rows.bind(engine),
      async row(...[statement]: Parameters<Engine['row']>) {
        const row = await engine.row(statement);
        if (row && 'entities' in row && reads++ === 0) {
          await ask(opened, 'POST', '/rest/Place?$method=delete&$filter="seat<100"');
          engine.refresh();
        }
        return row;
      },
    });
    await exportData(buildModel(definition), meddled, folder, 'jsonl', {
      begin: () => undefined,
      update: () => undefined,
    });
    const lines = readFileSync(join(folder, 'Place.jsonl'), 'utf8').trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { seat: number }).seat),
      seats.map(({ seat }) => seat),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await opened.close();
  }
});
