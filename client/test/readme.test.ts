// The samples of the package's README, as they stand there, against the sample company.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Fixture } from '../../server/test/wire/fixture.ts';

const root = join(import.meta.dirname, '../..');
const samples = [...readFileSync(join(root, 'client/README.md'), 'utf8').matchAll(/```ts\n([^]*?)```/g)].map(
  ([, text]) => text as string,
);
/** A folder beside the packages, so that their names are found. */
function newFolder(): string {
  const caches = join(root, 'node_modules/.cache');
  mkdirSync(caches, { recursive: true });
  return mkdtempSync(join(caches, 'keystamp-client-readme-'));
}

test('TypeScript takes all samples', async () => {
  const folder = newFolder();
  const written =
    "import type app from '../../../examples/company/model.ts';\nexport type Model = typeof app;\nexport default {} as Model;";
  writeFileSync(join(folder, 'model.ts'), written);
  const [first = '', second = '', ...others] = samples;
  assert.ok(others.length >= 3, 'the samples were found');
  const rest = others.map((text) => text.replace(/^import .*\n/gm, ''));
  const imports = "import { ConflictError } from '@keystamp/client';\nconst signal = AbortSignal.timeout(1000);\n";
  writeFileSync(join(folder, 'first.ts'), `${imports}${first}\n${rest.join('\n')}\nexport {};`);
  writeFileSync(
    join(folder, 'second.ts'),
    `import { createClient } from '@keystamp/client';\n${second}\nvoid ds.Employee;\nexport {};`,
  );
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: join(root, 'tsconfig.json'), include: ['*.ts'] }),
  );
  await promisify(execFile)(join(root, 'node_modules/.bin/tsc'), ['-p', folder]).catch((error: { stdout: string }) =>
    assert.fail(error.stdout),
  );
  rmSync(folder, { recursive: true });
});

test('the first sample runs', async () => {
  const fixture = await Fixture.open('sample', {});
  const url = `http://127.0.0.1:${await fixture.port(1)}`;
  const program = (samples[0] as string)
    .replace('http://127.0.0.1:8044', url)
    .replace(/import type .*\n/, '')
    .replace('createClient<typeof model>', 'createClient');
  const folder = newFolder();
  writeFileSync(join(folder, 'sample.mjs'), `${program}\nconsole.log((await ds.Employee.get(1)).salary);`);
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--conditions=keystamp-source',
    join(folder, 'sample.mjs'),
  ]);
  assert.equal(stdout, 'Lee Acme\nNovák Acme\nSmith Acme\n54000\n');
  rmSync(folder, { recursive: true });
  await fixture.close();
});
