// `keystamp types`: what it writes is the same from a server and from a model file, and TypeScript takes it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { Fixture } from '../wire/fixture.ts';
import { keystamp } from './keystamp-process.ts';

const root = join(import.meta.dirname, '../../..');
const caches = join(root, 'node_modules/.cache');
mkdirSync(caches, { recursive: true });
const folder = mkdtempSync(join(caches, 'keystamp-types-'));
after(() => {
  rmSync(folder, { recursive: true });
});

const withoutHead = (text: string): string => text.slice(text.indexOf('\n'));

test('from a model folder and from a server that runs it', async () => {
  const fixture = await Fixture.open('whole', {});
  const url = `http://127.0.0.1:${await fixture.port(1)}`;
  const file = join(folder, 'model.ts');
  const fromFolder = await keystamp(['types', 'examples/company', '--out', file]).ended;
  assert.deepEqual([fromFolder.code, fromFolder.stdout], [0, `${file}: 3 dataclasses\n`]);
  const written = readFileSync(file, 'utf8');
  assert.match(written, /^\/\/ Written by `keystamp types examples\/company`/);
  assert.match(written, /readonly topPaid: Exposed<\[number\]>;/);
  assert.match(written, /readonly ID: { readonly type: "long"; readonly primKey: true; };/);
  for (const address of [url, `${url}/rest/`]) {
    const { code, stdout } = await keystamp(['types', address]).ended;
    assert.deepEqual([code, withoutHead(stdout)], [0, withoutHead(written)]);
  }
  await fixture.close();
});

test('TypeScript takes them, functions included', async () => {
  const source = join(folder, 'source');
  mkdirSync(source);
  writeFileSync(
    join(source, 'model.mjs'),
    `import { defineModel, implement } from 'keystamp';
     const model = defineModel({ dataClasses: { Thing: { attributes: {
       ID: { type: 'long', primKey: true }, title: { type: 'string', mandatory: true },
       other: { kind: 'relatedEntity', dataClass: 'Thing' } } } } });
     export default implement(model, { dataClasses: { Thing: { functions: {
       count: { exposed: true, run: () => 1 },
       join: { exposed: true, parameters: ['Thing', 'string?', 'ThingSelection?'], run: () => 1 } } } } });`,
  );
  const made = await keystamp(['types', source, '--out', join(folder, 'thing.ts')]).ended;
  assert.equal(made.code, 0, made.stderr);
  writeFileSync(
    join(folder, 'use.ts'),
    `import { createClient } from '@keystamp/client';
     import type { Model } from './thing.ts';
     import type { Model as Company } from './model.ts';
     const ds = createClient<Model>();
     const thing = await ds.Thing.get(1, { expand: ['other'] });
     await ds.Thing.call.count(1, 'whatever');
     await ds.Thing.call.join(thing);
     await ds.Thing.call.join({ __DATACLASS: 'Thing', __ENTITY: true, __KEY: 1 }, null, await ds.Thing.all().entitySet());
     // @ts-expect-error: the first parameter is an entity
     await ds.Thing.call.join(5);
     // @ts-expect-error: the second one is a text
     await ds.Thing.call.join(thing, 5);
     export const text: string | undefined = thing.other?.title;
     export const paid = createClient<Company>().Employee.call.topPaid(3);
     // @ts-expect-error: there is no such function
     export const none = createClient<Company>().Employee.call.fire();
     export const company = (await createClient<Company>().Employee.get(1)).photo?.uri;
     // @ts-expect-error: there is no such attribute
     export const wrong = thing.nothing;`,
  );
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions: { types: ['node'] }, include: ['*.ts'] }),
  );
  await promisify(execFile)(join(root, 'node_modules/.bin/tsc'), ['-p', folder]).catch((error: { stdout: string }) =>
    assert.fail(error.stdout),
  );
});

test('what is neither a server nor a model says so', async () => {
  const fixture = await Fixture.open('company', {});
  const url = `http://127.0.0.1:${await fixture.port(1)}`;
  const failed = async (source: string): Promise<string> => {
    const { code, stderr } = await keystamp(['types', source]).ended;
    assert.equal(code, 1);
    return stderr;
  };
  assert.match(await failed(`${url}/elsewhere`), /elsewhere\/\$catalog\/\$all: /);
  assert.match(await failed(`${url}/health`), /\$all: /);
  assert.match(await failed('nowhere'), /there is no such file or folder/);
  await fixture.close();
});
