// A server that cannot start, or whose parts fail when it stops, leaves nothing open behind it.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readConfig } from '../../src/config.ts';
import { openKeystamp, openKeystamps } from '../../src/keystamp.ts';
import { buildModel } from '../../src/model/load.ts';
import { Opened, opening } from '../../src/opened.ts';
import { rememberStatement } from '../../src/store/sql/meta.ts';

const named = (name: string) =>
  buildModel({ name, dataClasses: { Note: { attributes: { ID: { type: 'long', primKey: true } } } } });

function newFolder(t: TestContext): string {
  const data = mkdtempSync(join(tmpdir(), 'keystamp-opening-'));
  t.after(() => rmSync(data, { recursive: true }));
  return data;
}

test('what was opened is closed when a later step of the start fails', async (t) => {
  const config = readConfig({ data: newFolder(t) });
  const quiet = (): void => {};
  const models = [named('first'), named('second')];
  const folders = models.map(({ name }) => join(config.data, name));
  const keystamp = await openKeystamps(models, config, quiet);
  for (const folder of folders) assert.equal(readdirSync(join(folder, 'spool')).length, 1, folder);
  const { engine } = (keystamp.parts[1] as (typeof keystamp.parts)[0]).services;
  await engine.write((tx) => tx.run(rememberStatement('publicMedia', 'no JSON')));
  await keystamp.close();
  await assert.rejects(openKeystamps(models, config, quiet), SyntaxError);
  await assert.rejects(openKeystamp(named('second'), { ...config, data: folders[1] as string }, quiet), SyntaxError);
  for (const folder of folders) assert.deepEqual(readdirSync(join(folder, 'spool')), [], folder);
});

test('all of it is closed, the other way round, and the first error told', async () => {
  const closed: string[] = [];
  const open = async (opened: Opened): Promise<Opened> => {
    for (const name of ['engine', 'spool', 'converter'])
      opened.add(async () => {
        closed.push(name);
        if (name !== 'engine') throw new Error(name);
      });
    return opened;
  };
  const opened = await opening(open);
  assert.deepEqual(closed, []);
  await assert.rejects(opened.close(), { message: 'converter' });
  assert.deepEqual(closed.splice(0), ['converter', 'spool', 'engine']);
  const failing = opening(async (all) => {
    await open(all);
    throw new Error('no start');
  });
  await assert.rejects(failing, { message: 'no start' });
  assert.deepEqual(closed, ['converter', 'spool', 'engine']);
});
