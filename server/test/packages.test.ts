// The packages as others get them: what is in them, what they ask for, and (in the long version) that they work when they
// are installed in an empty folder.
import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

interface Manifest {
  readonly name: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly files: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;

const imports = /^(?:import\s+(?!type\b)|export\s+(?=\{))(?:([^'"`;=]*?)\s+from\s+)?'([^'.][^']*)'/gm;
const lateImports = /\bimport\(()'([^'.][^']*)'\)/g;

/** Packages that a folder's sources import for more than types. */
function imported(folder: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const file of globSync('src/**/*.ts', { cwd: join(root, folder) })) {
    const text = readFileSync(join(root, folder, file), 'utf8');
    for (const [, given = '', from = ''] of [...text.matchAll(imports), ...text.matchAll(lateImports)])
      if (!isBuiltin(from) && !isTypesAlone(given)) names.add(/^(?:@[^/]+\/)?[^/]+/.exec(from)?.[0] ?? from);
  }
  return names;
}

/** Types that those who compile against the package must have: `/// <reference types="node" />`. */
const referenced = (folder: string): readonly string[] =>
  [...readFileSync(join(root, folder, 'src/index.ts'), 'utf8').matchAll(/^\/\/\/ <reference types="([^"]+)"/gm)].map(
    ([, name]) => `@types/${name}`,
  );

/** `{ type A, type B }` */
const isTypesAlone = (given: string): boolean =>
  /^\{[^}]+\}$/s.test(given.trim()) &&
  given.replaceAll(/[{}]/g, '').split(',').every((name) => name.trim() === '' || name.trim().startsWith('type ')); // oxfmt-ignore

for (const folder of ['client', 'server']) {
  const { name, bin = {}, exports, files, dependencies = {} } = manifestOf(folder);

  test(`${name} asks for what it imports, and for nothing else`, () => {
    const wanted = [...imported(folder), ...referenced(folder)].filter((each) => each !== name);
    assert.deepEqual(Object.keys(dependencies).toSorted(), wanted.toSorted());
  });

  test(`${name}: what its exports name is packed and has a source`, () => {
    for (const target of [...Object.values(exports).flatMap((form) => Object.values(form)), ...Object.values(bin)]) {
      const [, first = '', rest = ''] = /^(?:\.\/)?([^/]+)\/(.*)$/.exec(target) ?? [];
      const source = first === 'dist' ? `src/${rest.replace(/(?:\.d)?\.[jt]s$/, '.ts')}` : `${first}/${rest}`;
      assert.deepEqual(globSync(source, { cwd: join(root, folder) }), [source], target);
      // Sources are for this repository alone.
      if (first !== 'src') assert.ok(files.includes(first), `${target} is not packed`);
    }
  });

  test(`${name}: the list of the packed files`, async () => {
    const args = ['pack', '--dry-run', '--json', '--ignore-scripts', '-w', folder];
    const { stdout } = await run('npm', args, { cwd: root, maxBuffer: 1 << 26 });
    const paths = packed(stdout).files.map(({ path }) => path);
    for (const wanted of ['package.json', 'README.md', 'LICENSE', ...Object.values(bin)])
      assert.ok(paths.includes(wanted), `${wanted} is missing`);
    const others = paths.filter((path) => !/^(package\.json|README\.md|LICENSE|bin\/|dist\/)/.test(path));
    assert.deepEqual(others, []);
  });
}

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** What `npm pack --json` printed: one of a list, or by name in newer ones. */
function packed(stdout: string): Packed {
  const printed = JSON.parse(stdout.slice(stdout.search(/[[{]/))) as readonly Packed[] | Record<string, Packed>;
  const [first] = Object.values(printed) as Packed[];
  assert.ok(first, stdout);
  return first;
}

/** Unpacks a package where `npm install` would put it. */
async function install(folder: string, into: string): Promise<void> {
  const { stdout } = await run('npm', ['pack', '--json', '-w', folder, '--pack-destination', into], {
    cwd: root,
    maxBuffer: 1 << 26,
  });
  const { name } = manifestOf(folder);
  const { filename, files } = packed(stdout);
  if (folder === 'server') {
    const paths = files.map(({ path }) => path);
    assert.ok(paths.includes('dist/explorer/index.html'), 'the explorer is inside');
    const built = paths.flatMap((path) => /^dist\/((?!explorer).*)\.js$/.exec(path)?.[1] ?? []);
    for (const each of built)
      assert.deepEqual(globSync(`server/src/${each}.ts`, { cwd: root }).length, 1, `${each} has no source any more`);
  }
  const place = join(into, 'node_modules', name);
  mkdirSync(place, { recursive: true });
  const archive = join(into, basename(filename).replace('@', '').replace('/', '-'));
  await run('tar', ['xzf', archive, '--strip-components=1', '-C', place]);
}

/** Only what a package asks for is found from it. */
function link(names: readonly string[], into: string): void {
  for (const name of names) {
    const place = join(into, 'node_modules', name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), place, 'dir');
  }
}

const program = `import { createClient } from '@keystamp/client';
import type model from './model.ts';

const ds = createClient<typeof model>({ url: String(process.argv[2]) });
const place = ds.Place.create({ name: 'Lake' });
await place.save({ view: Buffer.from(String(process.argv[3]), 'base64') });
const [found] = (await ds.Place.query('name = :1', 'lake', { attributes: ['name', 'view'] })).entities;
const name: string | undefined = found?.name;
console.log(name, found && ds.image(found, 'view', { width: 1, format: 'webp' }));
`;

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

async function installAndUse(t: TestContext): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'keystamp-installed-'));
  let server: ChildProcess | undefined;
  t.after(async () => {
    if (server && server.exitCode === null) {
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  });
  for (const each of ['client', 'server']) await install(each, folder);
  link(Object.keys(manifestOf('server').dependencies ?? {}), folder);

  const bin = join(folder, 'node_modules/keystamp/bin/keystamp.mjs');
  const env = { PATH: process.env['PATH'] ?? '' };
  await run(process.execPath, [bin, 'init'], { cwd: folder, env });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'use.ts'), program);
  // As `init` has written it, and with the declarations of the packages checked too.
  for (const more of [
    [],
    ['--skipLibCheck', 'false'],
    ['--module', 'nodenext', '--target', 'es2022', '--skipLibCheck', 'false'],
  ])
    await run(join(root, 'node_modules/.bin/tsc'), ['-p', folder, ...more]).catch((error: { stdout: string }) =>
      assert.fail(error.stdout),
    );

  server = spawn(process.execPath, [bin, 'serve', '.', '--port', '0'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] }); // oxfmt-ignore
  let printed = '';
  const url = await new Promise<string>((resolve, reject) => {
    server?.stdout?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      const served = /^Keystamp serves (\S+)$/m.exec(printed)?.[1];
      if (served !== undefined) resolve(served);
    });
    server?.once('exit', () => reject(new Error(`the server ended\n${printed}`)));
  });

  const { stdout } = await run(process.execPath, ['use.ts', url, pixel], { cwd: folder, env });
  const [, picture = ''] = /^Lake (http\S+)$/m.exec(stdout) ?? [];
  const answer = await fetch(picture);
  assert.equal(answer.headers.get('Content-Type'), 'image/webp', stdout);
  assert.match(answer.headers.get('Cache-Control') ?? '', /immutable/);

  const page = await (await fetch(new URL('/explorer/', url))).text();
  const scripts = [...page.matchAll(/src="([^"]+\.js)"/g)].map(([, path = '']) => path);
  assert.ok(scripts.length > 0, page);
  for (const script of scripts) assert.equal((await fetch(new URL(script, url))).status, 200, script);
}

if (process.env['KEYSTAMP_LONG']) test('both are installed in an empty folder and work there', installAndUse);
