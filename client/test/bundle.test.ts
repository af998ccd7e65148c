// What a page that uses the client loads for it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';

const limit = 12 * 1024;

test(`everything of the client together is below ${limit} bytes, minified and gzipped`, async (t) => {
  const built = (await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: true,
      target: 'es2022',
      lib: { entry: join(import.meta.dirname, '../src/index.ts'), formats: ['es'] },
    },
  })) as Rolldown.RolldownOutput[];
  const [chunk, ...others] = built.flatMap(({ output }) => output);
  assert.ok(chunk?.type === 'chunk' && others.length === 0);
  assert.deepEqual(chunk.imports, [], 'it depends on nothing');
  const { length } = gzipSync(chunk.code, { level: 9 });
  t.diagnostic(`${chunk.code.length} bytes, ${length} gzipped`);
  assert.ok(length < limit, `${length} bytes`);
});
