// V8 changes its flags from version to version, and tells on the error stream of one that it does not know.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

test('V8 takes what it is told about the growth of the heap', async () => {
  const module = new URL('../../src/cli/heap-growth.ts', import.meta.url).href;
  const program = `import { collectHeapLessOften } from '${module}'; collectHeapLessOften();`;
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  assert.equal(stderr, '');
});
