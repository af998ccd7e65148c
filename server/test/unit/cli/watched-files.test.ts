// Files that are watched: changes are told, and that a folder can no longer be watched ends nothing.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, watch, writeFileSync, type FSWatcher } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { WatchedFiles } from '../../../src/cli/watched-files.ts';

test('changes are told, lost folders too, and those are watched again when their files are added', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'keystamp-watched-'));
  const watchers: FSWatcher[] = [];
  const lost: unknown[] = [];
  let changed = (): void => {};
  let refuses = false;
  const watching = ((path: string, listener: () => void) => {
    if (refuses) throw new Error('too many are watched');
    const watcher = watch(path, listener);
    watchers.push(watcher);
    return watcher;
  }) as typeof watch;
  const files = new WatchedFiles(
    () => changed(),
    (where, cause) => void lost.push([where, (cause as Error).message]),
    watching,
  );
  t.after(() => {
    files.close();
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, 'model.ts');
  const change = async (): Promise<void> => {
    const told = new Promise<void>((resolve) => (changed = resolve));
    writeFileSync(file, String(Math.random()));
    await told;
  };
  files.add([file, join(folder, 'seed.ts'), join(folder, 'later', 'part.ts')]);
  assert.equal(watchers.length, 1);
  await change();

  watchers[0]?.emit('error', new Error('gone'));
  assert.deepEqual(lost, [[folder, 'gone']]);
  files.add([file]);
  assert.equal(watchers.length, 2);
  await change();

  refuses = true;
  mkdirSync(join(folder, 'later'));
  files.add([join(folder, 'later', 'part.ts')]);
  assert.deepEqual(lost.slice(1), [[join(folder, 'later'), 'too many are watched']]);
});
