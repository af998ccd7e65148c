import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { TestContext } from 'node:test';
import { failHttp } from '../../../src/errors.ts';
import { Converter } from '../../../src/image/converter.ts';
import type { ImageEvent } from '../../../src/image/image-event.ts';
import { resolveVariant } from '../../../src/image/variant.ts';
import type { Variant } from '../../../src/image/variant.ts';
import { Variants } from '../../../src/image/variants.ts';
import { encode, opaque } from './sample-pictures.ts';
import '../../kept-converters.ts';

const limits = {
  converters: 2,
  maxConversionQueue: 100,
  conversionSeconds: 60,
  maxImagePixels: 1e6,
  maxImageBytes: 1e6,
};
const events: ImageEvent[] = [];
const converter = new Converter(limits, (event) => events.push(event));
after(() => converter.close());

const jpeg = await encode(opaque(), 'jpeg');
const hash = createHash('sha256').update(jpeg).digest();
const variantOf = (name: string, width?: number): Variant =>
  resolveVariant(
    { format: [name === 'best' ? 'best' : 'png'], ...(width === undefined ? {} : { width }) },
    { mediatype: 'image/jpeg', width: 120, height: 80 },
  ) ?? assert.fail();
const png = variantOf('png');
const read = async (): Promise<Buffer> => jpeg;
const conversions = (): number => events.filter((event) => event.kind === 'pictureConverted').length;

/** Kept copies in a folder of their own; `again()` is the same folder after a restart. */
async function start(t: TestContext, budgets: { variantMemoryBytes?: number; variantDiskBytes?: number } = {}) {
  const data = await mkdtemp(join(tmpdir(), 'keystamp-variants-'));
  t.after(() => rm(data, { recursive: true }));
  const seen: ImageEvent[] = [];
  const again = (): Variants =>
    new Variants({ data, variantMemoryBytes: 1e6, variantDiskBytes: 1e6, ...budgets }, converter, (event) =>
      seen.push(event),
    );
  const folder = join(data, 'variants');
  const files = async (): Promise<string[]> => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  };
  return { data, folder, seen, again, files };
}

test('a conversion is made once for all who wait, then comes from memory, then from disk', async (t) => {
  const { again, files, folder } = await start(t);
  const variants = again();
  assert.equal(variants.peek(hash, png), undefined);
  const before = conversions();
  const results = await Promise.all(Array.from({ length: 20 }, () => variants.get(hash, png, read)));
  assert.equal(conversions() - before, 1);
  for (const result of results) assert.equal(result, results[0]);
  assert.equal(variants.peek(hash, png), results[0]);
  await variants.close();
  const hex = hash.toString('hex');
  assert.deepEqual(await files(), [join(folder, hex.slice(0, 2), `${hex}-png-${png.revision}`)]);
  const restarted = again();
  const fromDisk = await restarted.get(hash, png, () => Promise.reject(new Error('not needed')));
  assert.deepEqual(fromDisk, results[0]);
  assert.equal(conversions() - before, 1);
});

test('different sizes of one picture are different copies', async (t) => {
  const { again } = await start(t);
  const variants = again();
  const [small, large] = [await variants.get(hash, variantOf('png', 20), read), await variants.get(hash, png, read)];
  assert.ok(small.length < large.length);
  await variants.close();
});

test('stored bytes go through memory, never through the disk', async (t) => {
  const { again, files } = await start(t);
  const variants = again();
  let reads = 0;
  const counted = async (): Promise<Buffer> => (reads++, jpeg);
  const stored = variantOf('best');
  await Promise.all([variants.get(hash, stored, counted), variants.get(hash, stored, counted)]);
  assert.deepEqual(await variants.get(hash, stored, counted), jpeg);
  assert.equal(reads, 1);
  await variants.close();
  assert.deepEqual(await files(), []);
});

test('a damaged file is deleted and made anew', async (t) => {
  const { again, files, seen } = await start(t);
  const first = again();
  const good = await first.get(hash, png, read);
  await first.close();
  const [file] = await files();
  assert.ok(file);
  const kept = await readFile(file);
  const flipped = Buffer.from(kept);
  flipped[100] = (flipped[100] ?? 0) ^ 1;
  for (const damaged of [flipped, kept.subarray(0, -1), kept.subarray(0, 20), Buffer.alloc(0)]) {
    await writeFile(file, damaged);
    const before = conversions();
    const variants = again();
    assert.deepEqual(await variants.get(hash, png, read), good);
    await variants.close();
    assert.equal(conversions() - before, 1);
    assert.deepEqual(await readFile(file), kept);
  }
  assert.equal(seen.filter((event) => event.kind === 'variantDamaged').length, 4);
});

test('a failure is not remembered', async (t) => {
  const { again } = await start(t);
  const variants = again();
  const busy = failHttp(503);
  await assert.rejects(
    variants.get(hash, png, () => Promise.reject(busy)),
    busy,
  );
  await assert.rejects(
    variants.get(hash, variantOf('best'), () => Promise.reject(busy)),
    busy,
  );
  assert.ok((await variants.get(hash, png, read)).length > 0);
  await variants.close();
});

test('the disk budget holds: the longest unused copies go, those of earlier runs first', async (t) => {
  const size = (await converter.convert(read, png as Variant & { unchanged: false })).length + 32;
  const { again, files, folder } = await start(t, { variantMemoryBytes: 0, variantDiskBytes: size * 3 });
  const hashes = Array.from({ length: 4 }, (_, n) => createHash('sha256').update(`picture ${n}`).digest());
  const names = async (): Promise<string[]> =>
    (await files()).map((file) => file.split('/').at(-1)?.slice(0, 64) ?? '').sort();
  const hexes = (...wanted: number[]): string[] => wanted.map((n) => hashes[n]?.toString('hex') ?? '').sort();
  const first = again();
  for (const n of [0, 1, 2]) await first.get(hashes[n] ?? hash, png, read);
  await first.close();
  assert.deepEqual(await names(), hexes(0, 1, 2));
  // Of the earlier run's copies, 1 is the oldest on disk; 0 is used again in this run.
  for (const file of await files()) {
    const old = file.includes(hexes(1)[0] ?? '-');
    await utimes(file, new Date(old ? 1e9 : 2e9), new Date(old ? 1e9 : 2e9));
  }
  await mkdir(join(folder, 'ab'), { recursive: true });
  await writeFile(join(folder, 'ab', 'abandoned.tmp'), 'x');
  await utimes(join(folder, 'ab', 'abandoned.tmp'), new Date(0), new Date(0));
  const second = again();
  await second.get(hashes[0] ?? hash, png, read);
  await second.get(hashes[3] ?? hash, png, read);
  await second.close();
  assert.deepEqual(await names(), hexes(0, 2, 3));
  const total = (await Promise.all((await files()).map((file) => stat(file)))).reduce(
    (sum, { size: bytes }) => sum + bytes,
    0,
  );
  assert.ok(total <= size * 3);
});

test('the disk budget is that of all processes together', async (t) => {
  const size = (await converter.convert(read, png as Variant & { unchanged: false })).length + 32;
  const { again, files } = await start(t, { variantMemoryBytes: 0, variantDiskBytes: size * 4 });
  const workers = [again(), again(), again()];
  const hashes = Array.from({ length: 12 }, (_, n) => createHash('sha256').update(`picture ${n}`).digest());
  for (const [n, one] of hashes.entries()) {
    const worker = workers[n % workers.length] as Variants;
    await worker.get(one, png, read);
    // A worker waits for what it is writing when it stops.
    await worker.close();
  }
  const kept = (await files()).map((file) => file.split('/').at(-1)?.slice(0, 64));
  assert.equal(kept.length, 4);
  assert.ok(kept.includes(hashes.at(-1)?.toString('hex')));
});

test('without disk and memory every answer is converted, and right', async (t) => {
  const { again, files } = await start(t, { variantMemoryBytes: 0, variantDiskBytes: 0 });
  const variants = again();
  const before = conversions();
  assert.deepEqual(await variants.get(hash, png, read), await variants.get(hash, png, read));
  assert.equal(variants.peek(hash, png), undefined);
  assert.equal(conversions() - before, 2);
  await variants.close();
  assert.deepEqual(await files(), []);
});

test('the memory budget holds, and a copy that is too large for it is not kept there', async (t) => {
  const { again } = await start(t, { variantMemoryBytes: 20_000, variantDiskBytes: 0 });
  const variants = again();
  const stored = variantOf('best');
  const key = (n: number): Buffer => createHash('sha256').update(String(n)).digest();
  for (let n = 0; n < 20; n++) await variants.get(key(n), stored, async () => Buffer.alloc(2000));
  const kept = Array.from({ length: 20 }, (_, n) => variants.peek(key(n), stored)).filter(
    (bytes) => bytes !== undefined,
  );
  assert.equal(kept.length, Math.floor(20_000 / 2256));
  await variants.get(hash, stored, async () => Buffer.alloc(10_000));
  assert.equal(variants.peek(hash, stored), undefined);
});

test('a disk that cannot be written to is reported, and the answer goes out', async (t) => {
  const { again, data, seen } = await start(t);
  await writeFile(join(data, 'variants'), 'a file where the folder should be');
  await chmod(join(data, 'variants'), 0o400);
  const variants = again();
  assert.ok((await variants.get(hash, png, read)).length > 0);
  await variants.close();
  assert.deepEqual(
    seen.map((event) => event.kind),
    ['variantNotKept'],
  );
});
