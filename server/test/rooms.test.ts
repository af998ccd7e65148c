// Who may import whom: down only, as ARCHITECTURE.md lists it. Reads every import of the sources.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

const source = join(import.meta.dirname, '../src');

/** What each room may import, beside itself and the files that are open to all. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  model: [],
  query: ['model'],
  store: ['query', 'model'],
  image: ['store', 'query', 'model'],
  session: ['store', 'query', 'model'],
  // Backups, checks and repairs of the data, and models read from databases that were there before.
  keeping: ['orm', 'image', 'session', 'store', 'query', 'model'],
  orm: ['image', 'session', 'store', 'query', 'model'],
  request: [],
  plan: ['request', 'session', 'query', 'model', 'image', 'store'],
  run: ['plan', 'orm', 'image', 'session', 'store', 'query', 'model', 'request'],
  reply: ['run', 'plan', 'request', 'query', 'model', 'orm'],
  exchange: ['orm', 'image', 'store', 'query', 'model'],
  http: ['reply', 'request', 'handle'],
  cli: ['exchange', 'http', 'keystamp', 'keeping', 'orm', 'plan', 'reply', 'session', 'store', 'model'],
};

/** Narrower than a room: the files of it that the importing room may name. */
const narrowed: Readonly<Record<string, readonly RegExp[]>> = {
  'cli > plan': [/^plan\/target\.ts$/],
  'cli > reply': [/^reply\/catalog\.ts$/],
  'plan > image': [/^image\/(formats|variant|image-ref|image-uri)\.ts$/],
  'plan > session': [/^session\/(access|refusal|sight)\.ts$/],
  'plan > store': [/^store\/change\.ts$/],
  'cli > session': [/^session\/(roles|roles-file|stored-api-keys)\.ts$/],
  // The OpenAPI document tells the parameters there are from the table that reads them.
  'reply > request': [/^request\/(api-request|params)\.ts$/],
  'reply > orm': [/^orm\/save-error\.ts$/],
};

const open = new Set(['errors.ts', 'config.ts', 'setting.ts', 'events.ts', 'node-http.ts', 'program-beside.ts']);

interface Import {
  readonly from: string;
  readonly to: string;
}

function imports(): readonly Import[] {
  return globSync('**/*.ts', { cwd: source }).flatMap((from) => {
    const text = readFileSync(join(source, from), 'utf8');
    return [...text.matchAll(/from '(\.[^']+)'/g)].map((found) => ({
      from,
      to: relative(source, join(source, dirname(from), found[1] as string)),
    }));
  });
}

const roomOf = (file: string): string =>
  file.includes('/') ? (file.split('/')[0] as string) : file.replace('.ts', '');

test('rooms import only what lies below them', () => {
  const all = imports();
  assert.ok(all.length > 100, 'the imports were found');
  const wrong = all.filter(({ from, to }) => {
    const [room, other] = [roomOf(from), roomOf(to)];
    if (!from.includes('/') || open.has(to) || room === other) return false;
    if (!allowed[room]?.includes(other)) return true;
    const files = narrowed[`${room} > ${other}`];
    return files !== undefined && !files.some((pattern) => pattern.test(to));
  });
  assert.deepEqual(wrong, []);
});

test('every room has a rule, and no rule is for nothing', () => {
  const rooms = new Set(globSync('*/', { cwd: source }).map((name) => name.replace(/\/$/, '')));
  assert.deepEqual([...rooms].toSorted(), Object.keys(allowed).toSorted());
});
