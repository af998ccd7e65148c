// `keystamp import` and `keystamp export` as black boxes: a datastore with every type moves to another server, over the
// network and through files, and both answer equally.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { endAll, keystamp, type Ended } from './keystamp-process.ts';

const root = mkdtempSync(join(tmpdir(), 'keystamp-exchange-'));

const model = `import { defineModel } from 'keystamp';
export default defineModel({
  name: 'shop',
  dataClasses: {
    Group: { attributes: { code: { type: 'string', primKey: true }, label: { type: 'string', unique: true }, sign: { type: 'blob' } } },
    Item: {
      track: true,
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        name: { type: 'string', indexed: true },
        flag: { type: 'bool' }, small: { type: 'byte' }, large: { type: 'long64' }, ratio: { type: 'number' },
        span: { type: 'duration' }, day: { type: 'date', simpleDate: true }, at: { type: 'date' },
        tag: { type: 'uuid' }, about: { type: 'object' }, photo: { type: 'image' }, sheet: { type: 'blob' },
        group: { kind: 'relatedEntity', dataClass: 'Group' },
        parentID: { type: 'long', indexed: true },
        parent: { kind: 'relatedEntity', dataClass: 'Item', foreignKey: 'parentID' },
        parts: { kind: 'relatedEntities', dataClass: 'Item', inverse: 'parent' },
      },
    },
    Place: {
      attributes: { row: { type: 'string', primKey: true }, seat: { type: 'long', primKey: true }, note: { type: 'text' } },
    },
  },
});
`;

const entities = 260;
/** What both servers are asked. */
const questions = [
  'Group?$orderby=code',
  `Item?$top=${entities}&$imageinfo=true`,
  'Item?$filter="group.label=green"&$expand=group,parts&$top=50',
  'Place?$orderby=row,seat',
  'Item/ratio?$compute=$all',
];

const folder = (name: string): string => {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  return path;
};

let source: string;

const post = async (url: string, body: string | Buffer<ArrayBuffer>): Promise<unknown> => {
  const answer = await fetch(url, { method: 'POST', body });
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
};

before(async () => {
  const path = folder('source');
  writeFileSync(join(path, 'model.ts'), model);
  source = await keystamp(['serve', path, '--port', '0', '--data', join(path, 'data')]).url;
  const groups = ['red', 'green', "it's (odd)/ü"].map((label, i) => ({ code: `${label} ${i}`, label }));
  groups.push({ code: 'Sign', label: 'capital' }, { code: 'sign', label: 'small' });
  await post(`${source}/Group?$method=update`, JSON.stringify(groups));
  for (const code of ['Sign', 'sign']) await post(`${source}/Group(${code})/sign?$binary=true`, Buffer.from(code));
  const items = Array.from({ length: entities }, (_, i) => ({
    name: i % 9 === 0 ? null : i % 10 === 0 ? '' : `Item "${i}", 'é'\n\u2028=1`,
    flag: i % 3 === 0 ? null : i % 2 === 0,
    small: (i % 256) - 128,
    large: i === 7 ? '9223372036854775807' : i * 1e12,
    ratio: i === 3 ? null : i / 7,
    span: i * 60_000,
    day: i === 4 ? null : `${1 + (i % 28)}!2!2024`,
    at: new Date(1_700_000_000_000 + i * 1001).toISOString(),
    tag: (i + 1).toString(16).toUpperCase().padStart(32, '0'),
    about:
      i % 5 === 0 ? null : i % 11 === 0 ? 'te"xt' : i % 13 === 0 ? i : { n: i, nested: [null, { 'a b': 'c' }], '': '' },
    group: i % 4 === 3 ? null : { __KEY: groups[i % 3]!.code },
    parentID: i === 0 ? null : Math.ceil(i / 2),
  }));
  await post(`${source}/Item?$method=update`, JSON.stringify(items));
  await post(
    `${source}/Place?$method=update`,
    JSON.stringify([1, 2, 3].map((seat) => ({ row: 'a&b,"', seat, note: 'x' }))),
  );
  for (let i = 1; i <= 6; i++) {
    const picture = await sharp({ create: { width: 8 * i, height: 9, channels: 3, background: '#36c' } })
      .png()
      .toBuffer();
    await post(`${source}/Item(${i})/photo?$rawPict=true`, picture);
    await post(`${source}/Item(${i})/sheet?$binary=true`, Buffer.from(`sheet ${i}`));
  }
  // Stamps and versions that differ from one another, and a key whose versions go on after its first entity.
  await post(`${source}/Item(2)/photo?$rawPict=true`, readFileSync('examples/company/logo.svg'));
  await post(`${source}/Item?$method=update`, JSON.stringify({ __KEY: '3', name: 'later' }));
  await post(`${source}/Item(6)?$method=delete`, '');
  await post(`${source}/Item?$method=update`, JSON.stringify({ ID: 6, __STAMP: 0, __KEY: '6', name: 'again' }));
  await post(`${source}/Item(6)/photo?$rawPict=true`, readFileSync('examples/company/logo.svg'));
  // When a picture was changed is told in a later second alone (spec 10 § 9.5), and then it can be carried.
  for (const key of [2, 6]) {
    const { photo } = (await (await fetch(`${source}/Item(${key})`)).json()) as {
      photo: { __deferred: { uri: string } };
    };
    const isTold = async (): Promise<boolean> =>
      (await fetch(new URL(photo.__deferred.uri, source), { method: 'HEAD' })).headers.has('last-modified');
    for (let waited = 0; !(await isTold()); waited += 100) {
      assert.ok(waited < 60_000, 'the time of a change is never told');
      await sleep(100);
    }
  }
});

after(async () => {
  await endAll();
  rmSync(root, { recursive: true });
});

async function done(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const ended = await keystamp(args, env).ended;
  assert.equal(ended.code, 0, ended.stderr);
  return ended;
}

/** Both say the same: bodies, and the bytes and versions of every picture and BLOB. */
async function assertEqual(copy: string): Promise<void> {
  const ask = async (base: string, question: string): Promise<string> => {
    // The number of a change is one of the datastore that made it.
    const text = await (await fetch(`${base}/${question}`)).text();
    return text.replaceAll(/"__GlobalStamp":\d+/g, '"__GlobalStamp":0');
  };
  for (const question of questions) {
    const expected = await ask(source, question);
    assert.ok(expected.includes('__KEY') || expected.includes('average'), expected.slice(0, 300));
    assert.equal(await ask(copy, question), expected, question);
  }
  const { __ENTITIES: items } = JSON.parse(await ask(source, `Item?$top=${entities}`)) as {
    __ENTITIES: readonly Readonly<Record<'photo' | 'sheet', { __deferred: { uri: string } } | null>>[];
  };
  const uris = items.flatMap(({ photo, sheet }) => [photo, sheet].flatMap((media) => media?.__deferred.uri ?? []));
  assert.ok(uris.length >= 11);
  for (const uri of uris) {
    const [one, other] = await Promise.all([source, copy].map((base) => fetch(new URL(uri, base))));
    for (const name of ['etag', 'cache-control', 'content-type', 'last-modified'])
      assert.equal(other!.headers.get(name), one!.headers.get(name), `${uri} ${name}`);
    assert.deepEqual(await other!.bytes(), await one!.bytes(), uri);
  }
  // Numbers and versions go on above those that came.
  const made = (await post(`${copy}/Item?$method=update`, '{"name":"new"}')) as { readonly __KEY: string };
  assert.ok(Number(made.__KEY) > entities);
  const sent = await fetch(`${copy}/Item(${made.__KEY})/photo?$rawPict=true`, { method: 'PUT', body: readFileSync('examples/company/logo.svg') }); // oxfmt-ignore
  const version = Number(sent.headers.get('keystamp-image-version'));
  assert.ok(version > 1_000_000, `${version}: an entity of this key may have been deleted at the source`);
  await post(`${copy}/Item(${made.__KEY})?$method=delete`, '');
}

async function serve(name: string): Promise<string> {
  const path = join(root, name);
  return keystamp(['serve', path, '--port', '0', '--data', join(path, 'data')]).url;
}

test('a running server is copied whole: model, keys, stamps, relations, pictures', { timeout: 600_000 }, async () => {
  const { stdout } = await done(['import', source, folder('copy'), '--data', join(root, 'copy', 'data')]);
  assert.match(stdout, /^Group: 5 entities$/m);
  assert.match(stdout, new RegExp(`^Item: ${entities} entities$`, 'm'));
  assert.match(stdout, /Everything could be carried/);
  assert.match(readFileSync(join(root, 'copy', 'model.ts'), 'utf8'), /parts: \{ kind: 'relatedEntities'/);
  await assertEqual(await serve('copy'));
});

test('an import that is broken off goes on, and brings nothing twice', { timeout: 600_000 }, async () => {
  const path = folder('broken');
  const args = (url: string): string[] => ['import', url, path, '--data', join(path, 'data')];
  // In front of the source, so that it dies in the middle of the entities.
  let asked = 0;
  const front = await proxy(source, (url) => {
    if (url.includes('/sheet')) asked++;
    return asked < 3;
  });
  const first = keystamp(args(`http://127.0.0.1:${(front.address() as AddressInfo).port}/rest`));
  while (asked < 3) await sleep(20);
  first.kill('SIGKILL');
  await first.ended;
  front.closeAllConnections();
  front.close();
  const { stdout } = await done(args(source));
  assert.match(stdout, /Everything could be carried/);
  await assertEqual(await serve('broken'));
});

test('an import replaces nothing that is there, unless told', { timeout: 600_000 }, async () => {
  const path = folder('taken');
  writeFileSync(join(path, 'model.ts'), model);
  const args = ['import', source, path, '--data', join(path, 'data')];
  const own = keystamp(['serve', path, '--port', '0', '--data', join(path, 'data')]);
  const url = await own.url;
  // Some have another stamp in the source, and some the same.
  await post(`${url}/Item?$method=update`, JSON.stringify(Array.from({ length: 9 }, () => ({ name: 'mine' }))));
  const refused = await keystamp(args).ended;
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /holds entities of Item already\. .*--merge/);
  assert.equal(((await (await fetch(`${url}/Item(1)`)).json()) as { name: string }).name, 'mine');
  own.kill('SIGTERM');
  await own.ended;
  await done([...args, '--merge']);
  await assertEqual(await serve('taken'));
});

for (const format of ['jsonl', 'csv'])
  test(`through a folder of ${format} and back`, { timeout: 600_000 }, async () => {
    const at = join(root, 'source');
    const out = join(root, `out-${format}`);
    const args = ['export', out, '--format', format, '--model', at, '--data', join(at, 'data')];
    assert.match((await done(args)).stdout, new RegExp(`Item: ${entities} entities in .*Item\\.${format}`));
    assert.match((await keystamp(args).ended).stderr, /holds an export already/);
    const signs = readdirSync(join(out, 'files', 'Group', 'sign'));
    const names = new Set(signs.map((name) => name.toLowerCase()));
    assert.deepEqual([signs.length, names.size], [2, 2], 'apart where file systems know no case');
    const name = `from-${format}`;
    await done(['import', out, folder(name), '--data', join(root, name, 'data')]);
    const copy = await serve(name);
    await assertEqual(copy);
    // Changes are counted here, from the first one on (spec 17 § 3.2).
    const items = (await (await fetch(`${copy}/Item?$top=${entities}&$attributes=__GlobalStamp`)).json()) as {
      readonly __GlobalStamp: number;
      readonly __ENTITIES: readonly { readonly __GlobalStamp: number }[];
    };
    const numbers = items.__ENTITIES.map((item) => item.__GlobalStamp);
    assert.deepEqual([new Set(numbers).size, Math.max(...numbers) < items.__GlobalStamp], [entities, true]);
  });

test('what cannot be carried is told, and costs nothing else', { timeout: 600_000 }, async () => {
  const path = folder('narrow');
  const narrow = model
    .replace("label: { type: 'string', unique: true }", "label: { type: 'bool' }")
    .replace("name: { type: 'string', indexed: true }", "name: { type: 'string', unique: true }");
  writeFileSync(join(path, 'model.ts'), narrow);
  const { stdout } = await done(['import', source, path, '--data', join(path, 'data')]);
  assert.match(stdout, /Group\(green 1\)\.label: "green" is no value of its type and becomes null/);
  assert.match(stdout, /Item\(\d+\): Duplicate value for Item\.name; the entity is left out/);
  const copy = await serve('narrow');
  const { __COUNT: count } = (await (await fetch(`${copy}/Item?$top=1`)).json()) as { readonly __COUNT: number };
  // Those whose name is the empty text, but for one.
  const lost = Array.from({ length: entities }, (_, i) => i).filter((i) => i % 9 !== 0 && i % 10 === 0).length - 1;
  assert.equal(count, entities - lost);
});

test('a source that is none says so', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => closed.once('listening', resolve));
  closed.on('request', (_incoming, outgoing) => outgoing.writeHead(404).end('nothing here'));
  const url = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`;
  const refused = await keystamp(['import', url, folder('none')]).ended;
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /\/rest\/\$catalog\/\$all: 404 nothing here/);
  assert.ok(!existsSync(join(root, 'none', 'model.ts')));
  closed.close();
  assert.match((await keystamp(['import', folder('empty')]).ended).stderr, /export\.json: cannot be read/);
});

/** Passes requests on as long as `passes` says so; then it never answers again. */
async function proxy(target: string, passes: (url: string) => boolean): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    if (!passes(incoming.url ?? '')) return;
    const { method, headers } = incoming;
    const onward = request(new URL(incoming.url ?? '', target), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return server;
}
