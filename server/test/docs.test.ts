// The documentation against the program: made tables are current, links lead somewhere, the README's session is real.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { pages, renderPage } from '../../tools/docs.ts';
import { readConfig } from '../src/config.ts';
import { createServer } from '../src/http/server.ts';
import { listen, stop } from '../src/http/listen.ts';
import { openKeystamp, type Keystamp } from '../src/keystamp.ts';
import { loadModel } from '../src/cli/load-model.ts';
import { loadRoles } from '../src/cli/load-roles.ts';
import { dataClassMembers, dataStoreMembers, entityMembers, selectionMembers } from '../src/model/members.ts';
import { statusTexts } from '../src/orm/result.ts';
import { sow } from '../src/orm/sow.ts';
import { curl } from './curl.ts';

const root = join(import.meta.dirname, '../..');

for (const page of pages)
  test(`the tables of ${page}.md are those of the code (npm run docs makes them)`, () => {
    const { now, made } = renderPage(page);
    assert.equal(now, made);
  });

test('every link between pages leads to a file', () => {
  const files = globSync(['*.md', 'docs/**/*.md', 'bench/*.md', 'examples/**/*.md', 'server/**/*.md'], {
    cwd: root,
    exclude: ['**/node_modules/**'],
  });
  assert.ok(files.length > 8, 'the pages were found');
  const broken = files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)]
      .map((found) => found[1] as string)
      .filter((link) => !existsSync(join(root, dirname(file), link)))
      .map((link) => `${file}: ${link}`),
  );
  assert.deepEqual(broken, []);
});

test('the files that ARCHITECTURE.md names are there', () => {
  const map = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const places = ['', 'server/src', 'client/src', 'explorer/src'];
  const missing = (name: string, room: string): boolean =>
    !places.some((place) => existsSync(join(root, place, name)) || existsSync(join(root, place, room, name)));
  const wrong = map.split('\n').flatMap((line) => {
    const room = /^\| `([\w-]+)\/` \|/.exec(line)?.[1] ?? '';
    return [...line.matchAll(/`([\w./-]+\.ts)`/g)].map(([, name = '']) => name).filter((name) => missing(name, room)); // oxfmt-ignore
  });
  assert.ok(map.includes('`store/engine.ts`') || map.includes('`engine.ts`'), 'the names were found');
  assert.deepEqual(wrong, []);
});

interface Sample {
  readonly command: string;
  readonly answer: string;
}

/** Commands and answers of the ```console blocks of a page. */
function samplesOf(page: string): readonly Sample[] {
  const blocks = [...readFileSync(join(root, page), 'utf8').matchAll(/```console\n([^]*?)```/g)];
  return blocks.flatMap((block) =>
    (block[1] as string).split(/^\$ /m).filter((text) => text !== '').map((text) => {
      const [command = '', ...lines] = text.trimEnd().split('\n');
      return { command, answer: lines.join('\n') };
    }),
  ); // oxfmt-ignore
}

/** `…` stands for anything; alone on a line for any number of lines. */
function pattern(answer: string): RegExp {
  const escaped = answer
    .replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
    .replace(/^…\n/gm, '(?:.*\n)*?')
    .replaceAll('…', '[^]*?');
  return new RegExp(`^${escaped}$`);
}

let keystamp: Keystamp;
let url: string;
let close: () => Promise<void>;

before(async () => {
  const data = mkdtempSync(join(tmpdir(), 'keystamp-docs-'));
  const config = readConfig({ data, port: 0, logLevel: 'silent' });
  const { model, seed, folder } = await loadModel(join(root, 'examples/company'));
  const roles = loadRoles(model, folder, config, () => {});
  keystamp = await openKeystamp(
    model,
    config,
    () => {},
    Date.now,
    () => roles,
  );
  const pictures = join(root, 'node_modules/.cache/keystamp-sample');
  mkdirSync(pictures, { recursive: true });
  await sow(seed!, model, pictures, keystamp.services, () => {});
  const server = createServer(keystamp.handle, config);
  url = await listen(server, config);
  close = async () => {
    await stop(server, config);
    await keystamp.close();
    rmSync(data, { recursive: true });
  };
});

after(() => close());

test("the README's first session is what the server answers", async (t) => {
  const samples = samplesOf('README.md');
  assert.ok(samples.length >= 6, 'the samples were found');
  for (const { command, answer } of samples)
    await t.test(command, async () => {
      const printed = await curl(command.replaceAll('http://127.0.0.1:8044', url), root);
      assert.match(printed.trimEnd(), pattern(answer));
    });
});

for (const page of [
  'docs/reference/functions.md',
  'docs/reference/model.md',
  'docs/how-to/write-a-function.md',
  'docs/tutorial/first-ten-minutes.md',
])
  test(`the calls of ${page} are what the server answers`, async (t) => {
    const samples = samplesOf(page);
    assert.ok(samples.length >= 2, 'the samples were found');
    for (const { command, answer } of samples)
      await t.test(command, async () => {
        const printed = await curl(command.replaceAll('http://127.0.0.1:8044', url), root);
        assert.match(printed.trimEnd(), pattern(answer));
      });
  });

test('the program of first-ten-minutes.md prints names', async () => {
  const page = readFileSync(join(root, 'docs/tutorial/first-ten-minutes.md'), 'utf8');
  const sample = /```ts\n([^]*?)```/.exec(page)?.[1] ?? '';
  assert.match(sample, /^const ds/m, 'the sample was found');
  const printed = await runModule(
    sample.replace('../../examples', './examples').replaceAll('http://127.0.0.1:8044', url),
  );
  assert.deepEqual(printed.split('\n').length, 5, printed);
  assert.ok(printed.startsWith('Joubert\n'), printed);
});

test('write-a-function.md shows a model that answers as it says', async () => {
  const sample = /```ts\n([^]*?)```/.exec(readFileSync(join(root, 'docs/how-to/write-a-function.md'), 'utf8'))?.[1];
  const printed = await runModule(
    `${sample?.replace('export default ', 'const app = ')}
const { buildModel } = await import('./server/src/model/load.ts');
const { entityFunctions, selectionFunctions } = buildModel(app).dataClasses.get('Invoice');
console.log(...entityFunctions.keys(), ...selectionFunctions.keys());`,
  );
  assert.equal(printed, 'pay open');
});

test('functions.md shows a model with code that the server takes', async () => {
  const sample = /```ts\n([^]*?)```/.exec(readFileSync(join(root, 'docs/reference/functions.md'), 'utf8'))?.[1];
  const printed = await runModule(
    `${sample?.replace('export default ', 'const app = ')}
const { buildModel } = await import('./server/src/model/load.ts');
const loaded = buildModel(app);
console.log(...loaded.functions.keys(), ...loaded.singletons.keys(), ...loaded.dataClasses.get('Account').entityFunctions.keys());`,
  );
  assert.equal(printed, 'transfer Clerk greeting');
});

test('server-api.md names every member', () => {
  const text = readFileSync(join(root, 'docs/reference/server-api.md'), 'utf8');
  const named = new Set([...text.matchAll(/[A-Za-z]+/g)].map(([word]) => word));
  const members = [dataStoreMembers, dataClassMembers, selectionMembers, entityMembers].flatMap((names) => [...names]);
  const unsaid = members.filter((name) => !named.has(name) && !kept.has(name));
  assert.deepEqual(unsaid, []);
});

/** Names that are kept free without being members that code calls. */
const kept = new Set(['constructor', 'queryPath', 'queryPlan', 'then', 'uri']);

test('server-api.md tells every status of a result', () => {
  const text = readFileSync(join(root, 'docs/reference/server-api.md'), 'utf8');
  const told = [...text.matchAll(/^\| (\d) \| /gm)].map(([, status]) => status);
  assert.deepEqual(told, Object.keys(statusTexts));
});

test("the README's commands are the package's", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
  for (const [, name] of text.matchAll(/`npm (?:run )?([\w:]+)[^`]*`/g))
    assert.ok(name === 'ci' || scripts[name as string], `npm run ${name}`);
});

/** What a TypeScript module prints that stands in the folder of the repository. */
async function runModule(text: string): Promise<string> {
  const child = spawn(process.execPath, ['--conditions=keystamp-source', '--input-type=module-typescript', '-'], {
    cwd: root,
  });
  child.stdin.end(text);
  let printed = '';
  child.stdout.on('data', (chunk) => (printed += String(chunk)));
  child.stderr.on('data', (chunk) => (printed += String(chunk)));
  await new Promise((resolve) => child.on('close', resolve));
  return printed.trim();
}

test("the README's model is one", async () => {
  const sample = /```ts\n([^]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1];
  assert.ok(sample);
  const printed = await runModule(
    `${sample}\nconst { buildModel } = await import('./server/src/model/load.ts');\nconsole.log(buildModel(model).dataClasses.size);`,
  );
  assert.equal(printed, '1');
});
