// `keystamp serve` as a black box: what it serves, what it refuses, how it stops.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test as plainTest } from 'node:test';
import { endAll, keystamp, type KeystampProcess } from './keystamp-process.ts';

/** A server that does not end is a failure, not a hang. */
const test = (name: string, work: () => Promise<void>): void => void plainTest(name, { timeout: 240_000 }, work);

const root = mkdtempSync(join(tmpdir(), 'keystamp-cli-'));
after(async () => {
  await endAll();
  rmSync(root, { recursive: true });
});

let folders = 0;
/** A new folder with these files. */
function folder(files: Readonly<Record<string, string>> = {}): string {
  const path = join(root, String(++folders));
  mkdirSync(path);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

const person = `const ID: object = { type: 'long', primKey: true, autosequence: true };
export default { dataClasses: { Person: { attributes: { ID, name: { type: 'string' }, photo: { type: 'image' } } } } };`;
const seed = `async function* entities(): AsyncGenerator<object> {
  for (const name of ['Ada', 'Bo', 'Carla']) yield { dataClass: 'Person', values: { name } };
}
export const seed = { total: 3, entities };`;

const serve = (model: string, ...more: string[]): KeystampProcess =>
  keystamp(['serve', model, '--port', '0', '--data', join(model, 'data'), ...more]);

async function json(url: string, init?: RequestInit): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(url, init);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const count = async (url: string): Promise<unknown> => (await json(`${url}/Person`)).body['__COUNT'];

async function stopped(process: KeystampProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  process.kill(signal);
  assert.equal((await process.ended).code, 0);
}

/** The process ends by itself with code 1; its message. */
async function refused(process: KeystampProcess): Promise<string> {
  const { code, stdout, stderr } = await process.ended;
  assert.equal(code, 1, stderr);
  assert.equal(stdout, '');
  assert.doesNotMatch(stderr, /^\s+at .+:\d+:\d+\)?$/m, 'a stack trace is no message');
  return stderr;
}

/** The person's model under another name. */
const named = (name: string): string => person.replace('{ dataClasses', `{ name: '${name}', dataClasses`);

test('several models: the first at the root, every one under its name and in a folder of its own', async () => {
  const [staff, guests] = [
    folder({ 'model.ts': named('staff'), 'seed.ts': seed }),
    folder({ 'model.ts': named('guests') }),
  ];
  const server = serve(staff, guests);
  const url = await server.url;
  assert.equal(await count(url), 3);
  assert.equal(await count(`${url}/staff`), 3);
  assert.equal(await count(`${url}/guests`), 0);
  const saved = await json(`${url}/guests/Person?$method=update`, { method: 'POST', body: '{"name":"Dag"}' });
  assert.equal(saved.body['uri'], `/rest/guests/Person(1)`);
  assert.equal(await count(url), 3);
  for (const name of ['staff', 'guests']) assert.ok(existsSync(join(staff, 'data', name)), name);
  await stopped(server);
});

test('several models need names of their own', async () => {
  const model = folder({ 'model.ts': named('staff') });
  assert.match(await refused(serve(model, model)), /staff: models that are served together need names of their own/);
  const odd = folder({ 'model.ts': named('../odd') });
  assert.match(await refused(serve(model, odd)), /\.\.\/odd: models that are served together need names/);
});

test('several mounts', async () => {
  const model = folder({ 'model.ts': person });
  const args = ['serve', model, '--port', '0', '--data', join(model, 'data')];
  const server = keystamp(args, { KEYSTAMP_MOUNT: '/rest,/mobileapp' });
  const url = await server.url;
  assert.equal(await count(url.replace('/rest', '/mobileapp')), 0);
  await stopped(server);
  for (const wrong of ['/rest,', '/rest,/rest', '/rest, /b', 'rest'])
    assert.match(await refused(keystamp(args, { KEYSTAMP_MOUNT: wrong })), /KEYSTAMP_MOUNT=.* a path such as/);
});

test('--web: a front end on the same origin, beside the API and the explorer', async () => {
  const model = folder({ 'model.ts': person });
  const web = folder({ 'index.html': '<title>Mine</title>', '.secret': 'x', 'app.js': 'export {}' });
  mkdirSync(join(web, 'rest'));
  writeFileSync(join(web, 'rest/Person'), 'a file');
  const server = serve(model, '--web', web);
  const url = await server.url;
  const page = async (path: string): Promise<Response> => fetch(url.replace('/rest', path));
  const index = await page('/');
  assert.deepEqual([await index.text(), index.headers.get('Cache-Control')], ['<title>Mine</title>', 'no-cache']);
  assert.equal(index.headers.get('X-Content-Type-Options'), 'nosniff');
  assert.match((await page('/app.js')).headers.get('Content-Type') ?? '', /javascript/);
  assert.equal(await count(url), 0);
  for (const path of ['/.secret', '/nowhere', '/..%2fmodel.ts', '/app.js/x', '/explorerx']) {
    const missing = await json(url.replace('/rest', path));
    assert.deepEqual([path, missing.status, Object.keys(missing.body)], [path, 404, ['__ERROR']]);
  }
  assert.equal((await page('/health')).status, 200);
  await stopped(server);
  assert.match(await refused(serve(model, '--web', join(web, 'none'))), /KEYSTAMP_WEB=.*none: there is no such folder/);
});

test('metrics: for programs of this machine, for everybody or for nobody', async () => {
  const model = folder({ 'model.ts': person });
  const metrics = async (url: string, headers: Record<string, string> = {}): Promise<string | number> => {
    const response = await fetch(url.replace('/rest', '/metrics'), { headers });
    return response.ok ? response.text() : response.status;
  };
  const local = serve(model);
  const url = await local.url;
  await count(url);
  assert.match(String(await metrics(url)), /^keystamp_answer_seconds_count\{method="GET",status="200"\} [1-9]/m);
  assert.equal(await metrics(url, { 'X-Forwarded-For': '192.0.2.1' }), 404);
  assert.equal(await metrics(url, { Forwarded: 'for=192.0.2.1' }), 404);
  await stopped(local);
  const args = ['serve', model, '--port', '0', '--data', join(model, 'data')];
  const open = keystamp(args, { KEYSTAMP_METRICS: 'open' });
  assert.match(
    String(await metrics(await open.url, { 'X-Forwarded-For': '192.0.2.1' })),
    /^process_cpu_seconds_total /m,
  );
  await stopped(open);
  const off = keystamp(args, { KEYSTAMP_METRICS: 'off' });
  assert.equal(await metrics(await off.url), 404);
  await stopped(off);
});

test('a folder: the first start brings the first data and tells its progress, a second start does not', async () => {
  const model = folder({ 'model.ts': person, 'seed.ts': seed });
  const first = serve(model);
  const url = await first.url;
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/rest$/);
  assert.equal(await count(url), 3);
  assert.deepEqual((await json(`${url}/Person(3)?$method=delete`, { method: 'POST' })).body, { ok: true });
  await stopped(first);
  assert.match((await first.ended).stderr, /First data .*3\/3/);
  const second = serve(model);
  assert.equal(await count(await second.url), 2);
  await stopped(second, 'SIGINT');
  assert.doesNotMatch((await second.ended).stderr, /First data/);
});

test('first data that was broken off goes on at the next start', async () => {
  // The seed ends its own process the first time, in the middle of the second commit.
  const killing = `import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
async function* entities(folder: string): AsyncGenerator<object> {
  for (let i = 1; i <= 250; i++) {
    const mark = join(folder, 'killed');
    if (i === 150 && !existsSync(mark)) {
      writeFileSync(mark, '');
      process.kill(process.pid, 'SIGKILL');
    }
    yield { dataClass: 'Person', values: { name: 'Person ' + i } };
  }
}
export const seed = { total: 250, entities };`;
  const model = folder({ 'model.ts': person, 'seed.ts': killing });
  const first = serve(model);
  first.url.catch(() => undefined);
  assert.equal((await first.ended).code, null);
  const second = serve(model);
  const url = await second.url;
  assert.equal(await count(url), 250);
  const names = (await json(`${url}/Person/name?$compute=countDistinct`)).body;
  assert.equal(names, 250);
  await stopped(second);
});

test('a signal that comes twice, as Ctrl-C through a launcher does, still stops in good order', async () => {
  const process = serve(folder({ 'model.ts': person }));
  await process.url;
  process.kill('SIGINT');
  process.kill('SIGINT');
  const { code, stderr } = await process.ended;
  assert.equal(code, 0);
  assert.match(stderr, /"msg":"stopped"/);
});

test('a model file, in TypeScript or JavaScript, without first data', async () => {
  for (const name of ['people.ts', 'people.mjs']) {
    const path = folder({
      [name]: person.replace(': object', name.endsWith('.ts') ? ': object' : ''),
      'seed.ts': seed,
      // As `npm init` writes it: a model is a module all the same.
      ...(name.endsWith('.ts') && { 'package.json': '{ "type": "commonjs" }' }),
    });
    const process = keystamp(['serve', join(path, name), '--port', '0', '--data', join(path, 'data')]);
    assert.equal(await count(await process.url), 0);
    await stopped(process);
  }
});

/** The status of the catalog when it is asked for under another name. */
const statusUnder = (host: string, url: string): Promise<number | undefined> =>
  new Promise((resolve, reject) =>
    get(`${url}/$catalog`, { headers: { Host: host }, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).on('error', reject),
  );

test('--data, --port, --host and --allowed-host, and the environment where no flag is given', async () => {
  const model = folder({ 'model.ts': person });
  const data = join(folder(), 'deep', 'data');
  const flags = keystamp(
    ['serve', model, '--data', data, '--port', '0', '--host', '127.0.0.2', '--allowed-host', 'data.example'],
    {
      KEYSTAMP_DATA: join(model, 'never'),
      KEYSTAMP_HOST: '0.0.0.0',
    },
  );
  assert.match(await flags.url, /^http:\/\/127\.0\.0\.2:/);
  assert.equal(await statusUnder('data.example', await flags.url), 200);
  assert.equal(await statusUnder('evil.example', await flags.url), 421);
  assert.ok(existsSync(join(data, 'keystamp.db')));
  await stopped(flags);
  const fromEnvironment = join(model, 'env');
  const env = keystamp(['serve', model], {
    KEYSTAMP_DATA: fromEnvironment,
    KEYSTAMP_PORT: '0',
    KEYSTAMP_MOUNT: '/api',
  });
  const url = await env.url;
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/api$/);
  assert.equal(await count(url), 0);
  await stopped(env);
  assert.ok(existsSync(join(fromEnvironment, 'keystamp.db')));
  assert.ok(!existsSync(join(model, 'never')));
});

test('an address that others reach needs --open', async () => {
  const model = folder({ 'model.ts': person });
  for (const host of ['0.0.0.0', '::']) {
    const message = await refused(serve(model, '--host', host));
    assert.match(message, /can be reached from other machines, and nothing protects the data/);
    assert.match(message, /--open/);
  }
  assert.ok(!existsSync(join(model, 'data')));
  const open = serve(model, '--host', '0.0.0.0', '--open');
  const { port } = new URL(await open.url);
  assert.equal(await count(`http://127.0.0.1:${port}/rest`), 0);
  assert.equal(await statusUnder('data.example', `http://127.0.0.1:${port}/rest`), 200);
  await stopped(open);
});

test('a faulty model: every fault with its path, nothing is made', async () => {
  const model = folder({
    'model.ts': `export default { dataClasses: { Person: { attributes: { name: { type: 'sting' }, boss: { kind: 'relatedEntity', dataClass: 'Persn' } } } } };`,
  });
  const message = await refused(serve(model));
  for (const fault of [
    /^The model has 3 faults:$/m,
    /^ {2}Person\.name\.type: sting is not a type/m,
    /^ {2}Person\.boss\.dataClass: Persn is not a dataclass; known are Person$/m,
    /^ {2}Person: has no key/m,
  ])
    assert.match(message, fault);
  assert.ok(!existsSync(join(model, 'data')));
});

test('a model that is not there, cannot be loaded, or has no seed in its seed file', async () => {
  assert.match(await refused(serve(join(root, 'nowhere'))), /nowhere: there is no such file or folder/);
  assert.match(await refused(serve(folder())), /the folder has no model\.ts/);
  assert.match(await refused(serve(folder({ 'model.ts': 'export default {' }))), /model\.ts:1: cannot be loaded/);
  assert.match(
    await refused(serve(folder({ 'model.ts': `\nthrow new Error('no luck')` }))),
    /model\.ts:2: cannot be loaded \(no luck\)/,
  );
  assert.match(
    await refused(serve(folder({ 'model.ts': person, 'seed.ts': 'export {}' }))),
    /seed\.ts: exports no `seed`/,
  );
  assert.match(
    await refused(serve(folder({ 'model.ts': person, 'seed.ts': 'export const seed = ' }))),
    /seed\.ts:1: cannot be loaded/,
  );
  assert.match(
    await refused(serve(folder({ 'model.ts': `import './moods.ts';`, 'moods.ts': '\nenum Mood { calm }' }))),
    /moods\.ts:2: cannot be loaded \(.*enum/,
  );
  assert.match(
    await refused(serve(folder({ 'model.ts': `import { defineModel, EntityOf } from 'keystamp';\n${person}` }))),
    /model\.ts:1: cannot be loaded \(.*'EntityOf'; a type is imported with `import type`\)/,
  );
});

test('--watch: the server starts again with a changed model, also after one that is faulty', async () => {
  const part = (max: number): string => `export const name: object = { type: 'string', maxLength: ${max} };`;
  const model = folder({
    'model.ts': `import { name } from './name.ts';\n${person.replace("name: { type: 'string' }", 'name')}`,
    'name.ts': part(3),
  });
  const server = serve(model, '--watch');
  const saved = async (url: string): Promise<number> =>
    (await json(`${url}/Person?$method=update`, { method: 'POST', body: '{"name":"Carla"}' })).status;
  assert.equal(await saved(await server.url), 400);
  writeFileSync(join(model, 'name.ts'), 'export const name = {');
  await server.printed(/name\.ts:1: cannot be loaded[^]*Ended with 1; starts again when a file of the model changes/);
  writeFileSync(join(model, 'name.ts'), part(5));
  const [, url = ''] = await server.printed(/^Keystamp serves [^]*^Keystamp serves (\S+)$/m);
  assert.equal(await saved(url), 200);
  await stopped(server);
});

test('a model that the database cannot follow: why, and the data stays as it is', async () => {
  const model = folder({ 'model.ts': person, 'seed.ts': seed });
  const first = serve(model);
  await first.url;
  await stopped(first);
  writeFileSync(join(model, 'model.ts'), person.replace("name: { type: 'string' }", "name: { type: 'long' }"));
  assert.match(await refused(serve(model)), /^ {2}Person\.name: is long in the model and string in the database/m);
  writeFileSync(join(model, 'model.ts'), person);
  const again = serve(model);
  assert.equal(await count(await again.url), 3);
  await stopped(again);
});

test('a seed that does not fit the model says which entity', async () => {
  const model = folder({ 'model.ts': person, 'seed.ts': seed.replace('{ name }', '{ nam: name }') });
  const { code, stderr } = await serve(model).ended;
  assert.equal(code, 1);
  assert.match(stderr, /The seed gives Person\.nam a value it cannot hold: "Ada"/);
});

test('a port that is taken is named, with what to do', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const port = String((taken.address() as AddressInfo).port);
  const model = folder({ 'model.ts': person });
  const message = await refused(keystamp(['serve', model, '--data', join(model, 'data'), '--port', port]));
  taken.close();
  assert.equal(
    message.split('\n').at(-2),
    `Port ${port} of 127.0.0.1 is taken by another program; choose another one with --port.`,
  );
});

test('settings that cannot be read: all of them at once', async () => {
  const model = folder({ 'model.ts': person });
  const message = await refused(
    keystamp(['serve', model, '--data', join(model, 'data')], {
      KEYSTAMP_PORT: '80443',
      KEYSTAMP_MAX_JSON: '16 MB',
      KEYSTAMP_OPEN: 'maybe',
      KEYSTAMP_DIALECT: '5d',
      KEYSTAMP_LOG: 'loud',
      KEYSTAMP_MOUNT: 'rest/',
      KEYSTAMP_STOP_TIMEOUT: '9999999',
    }),
  );
  assert.deepEqual(message.trimEnd().split('\n'), [
    'KEYSTAMP_PORT=80443: a number from 0 to 65535 is expected',
    'KEYSTAMP_OPEN=maybe: true or false is expected',
    'KEYSTAMP_MOUNT=rest/: a path such as /rest, or several with commas between them is expected',
    'KEYSTAMP_DIALECT=5d: one of 4d, wakanda, qodly is expected',
    'KEYSTAMP_LOG=loud: one of debug, info, warn, error, silent is expected',
    'KEYSTAMP_MAX_JSON=16 MB: a whole number is expected',
    'KEYSTAMP_STOP_TIMEOUT=9999999: a whole number from 0 to 2000000 is expected',
  ]);
});

test('init begins a folder that can be served, edited and committed, and leaves what is there', async () => {
  const path = folder({ '.gitignore': 'mine\n' });
  const { code, stdout } = await keystamp(['init', path]).ended;
  assert.equal(code, 0);
  assert.match(stdout, / npx keystamp serve \S+ --data \S+\/data$/m);
  const { compilerOptions } = JSON.parse(readFileSync(join(path, 'tsconfig.json'), 'utf8')) as Record<string, object>;
  assert.ok(compilerOptions && 'erasableSyntaxOnly' in compilerOptions);
  assert.equal(readFileSync(join(path, '.gitignore'), 'utf8'), 'mine\n');
  const below = join(path, 'below');
  await keystamp(['init', below]).ended;
  assert.equal(readFileSync(join(below, '.gitignore'), 'utf8'), 'data/\n');
  assert.ok(!existsSync(join(below, 'tsconfig.json')), 'the one above says it already');
  const server = serve(below);
  assert.equal((await json(`${await server.url}/Place`)).body['__COUNT'], 0);
  await stopped(server);
});

test('flags, arguments and commands that do not exist', async () => {
  assert.match(
    await refused(keystamp(['serve', '.', '--port', 'http'])),
    /--port http: a number from 0 to 65535 is expected/,
  );
  assert.match(await refused(keystamp(['serve', '.', '--prot', '1'])), /unknown option '--prot'/);
  assert.match(await refused(keystamp(['sevre'])), /unknown command 'sevre'/);
  assert.match((await keystamp(['--version']).ended).stdout, /^\d+\.\d+\.\d+\n$/);
  const help = await keystamp(['serve', '--help']).ended;
  assert.equal(help.code, 0);
  for (const flag of ['--data', '--port', '--host', '--open']) assert.ok(help.stdout.includes(flag));
});

interface Upload {
  readonly socket: Socket;
  /** All that came back, once the connection has ended. */
  readonly answer: Promise<string>;
}

/** Sends the head and half of an upload; resolves when the server has begun to read it. */
async function beginUpload(url: string, bytes: number): Promise<Upload> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(
    `POST /rest/$upload?$binary=true HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: ${bytes}\r\n\r\n`,
  );
  let text = '';
  socket.setEncoding('latin1').on('data', (more: string) => (text += more));
  socket.on('error', () => undefined);
  await once(socket, 'data');
  assert.match(text, /^HTTP\/1\.1 100 Continue\r\n\r\n$/);
  text = '';
  socket.write('x'.repeat(bytes / 2));
  return { socket, answer: once(socket, 'close').then(() => text) };
}

test('SIGTERM: the request under way is answered, new ones are refused, then the process ends with 0', async () => {
  const model = folder({ 'model.ts': person });
  const process = serve(model);
  const url = await process.url;
  const upload = await beginUpload(url, 1000);
  const idle = connect(Number(new URL(url).port), '127.0.0.1');
  await once(idle, 'connect');
  process.kill('SIGTERM');
  await once(idle.resume(), 'close');
  await assert.rejects(fetch(`${url}/Person`), ({ cause }) => (cause as { code?: string }).code === 'ECONNREFUSED');
  upload.socket.write('x'.repeat(500));
  const answer = await upload.answer;
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(answer, /^Connection: close\r$/m);
  assert.match(answer, /\{"ID":"[0-9A-F]{32}"\}$/);
  const { code, stderr } = await process.ended;
  assert.equal(code, 0);
  assert.match(stderr, /"signal":"SIGTERM".*"stopping"/);
  assert.match(stderr, /"stopped"/);
});

test('SIGTERM: a request that never ends is cut off after the time for stopping', async () => {
  const model = folder({ 'model.ts': person });
  const process = keystamp(['serve', model, '--port', '0', '--data', join(model, 'data')], {
    KEYSTAMP_STOP_TIMEOUT: '1',
  });
  const upload = await beginUpload(await process.url, 1000);
  process.kill('SIGTERM');
  assert.equal((await process.ended).code, 0);
  assert.equal(await upload.answer, '');
});

test('a model has the Keystamp that serves it, and its forgotten failures do not end the server', async () => {
  const model = folder({
    'model.ts': `import { defineModel, implement } from 'keystamp';
      const model = defineModel({ dataClasses: { A: { attributes: { ID: { type: 'long', primKey: true } } } } });
      export default implement(model, { functions: { forget: { exposed: true, run() { void Promise.reject(new Error('forgotten')); return 1; } } } });`,
  });
  // Another one, of another version perhaps, would know nothing of the calls of this server.
  const other = join(model, 'node_modules', 'keystamp');
  mkdirSync(other, { recursive: true });
  writeFileSync(join(other, 'index.js'), `throw new Error('another Keystamp');`);
  const process = serve(model);
  const url = await process.url;
  for (let i = 0; i < 2; i++) {
    const answer = await fetch(`${url}/$catalog/forget`, { method: 'POST' });
    assert.deepEqual(await answer.json(), { result: 1 });
  }
  process.kill('SIGTERM');
  const { code, stderr } = await process.ended;
  assert.equal(code, 0);
  assert.match(stderr, /"msg":"rejectionForgotten"/);
});
