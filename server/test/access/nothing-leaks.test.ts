// Nothing leaks: two offices that differ only in what guests and clerks may not see (values of attributes, pictures, rows,
// the entities of whole classes) answer everything that those may ask byte for byte the same: status, headers, bodies.
//
// What is normalised, and nothing else: ids made by chance (of sessions, sets, uploads, the datastore; 32 digits each, and
// the same id must stand for the same id throughout) and the milliseconds that `$querypath` measures. The clock is one for
// both. What no server can hide is not asked: whether a key or a unique value is free, see docs/reference/privileges.md.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const requests = process.env['KEYSTAMP_LONG'] ? 100_000 : 20_000;
const program = fileURLToPath(new URL('./two-offices.ts', import.meta.url));

test(`two offices answer ${requests} requests of guests and clerks the same`, async (t) => {
  // Everyday runs ask the same each time, long ones what was not asked before.
  const chance = process.env['KEYSTAMP_LONG'] ? Math.floor(Math.random() * 2 ** 31) : 1;
  const seed = process.env['KEYSTAMP_SEED'] ?? String(chance);
  t.diagnostic(`KEYSTAMP_SEED=${seed}`);
  const args = ['--conditions=keystamp-source', program, String(requests), seed];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1e8 });
  const statuses = JSON.parse(stdout) as Readonly<Record<string, number>>;
  t.diagnostic(stdout);
  // Requests that are all refused would prove nothing.
  assert.ok((statuses['200'] ?? 0) > requests / 7);
});
