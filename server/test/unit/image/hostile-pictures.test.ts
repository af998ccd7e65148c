// Pictures that want to break something: cut off, bent, disguised, far too large.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { KeystampError } from '../../../src/errors.ts';
import { Converter } from '../../../src/image/converter.ts';
import type { ImageEvent } from '../../../src/image/image-event.ts';
import { resolveVariant } from '../../../src/image/variant.ts';
import * as samples from './sample-pictures.ts';
import '../../kept-converters.ts';

const maxImagePixels = 1_000_000;
const lost: ImageEvent[] = [];
const limits = {
  converters: 2,
  maxConversionQueue: 200,
  conversionSeconds: 60,
  maxImagePixels,
  maxImageBytes: 1024 * 1024,
};
const converter = new Converter(limits, (event) => {
  if (event.kind === 'converterLost') lost.push(event);
});
after(() => converter.close());

const refusedWith = (status: number, code?: number) => (error: unknown) => {
  assert.ok(error instanceof KeystampError, String(error));
  assert.equal(error.status, status);
  const entry = error.entries[0];
  if (code !== undefined) assert.equal(entry && 'code' in entry ? entry.code : undefined, code);
  return true;
};

test('an SVG with scripts and files in it is kept, and never drawn', async () => {
  const hostile = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">
    <script>while (true);</script><image xlink:href="file:///etc/passwd" width="9" height="9"/></svg>`;
  const info = await converter.inspect(Buffer.from(hostile));
  assert.deepEqual([info.format, info.thumbhash], ['svg', undefined]);
  assert.equal(resolveVariant({ format: ['png', 'jpeg'] }, info), undefined);
  // Even bytes that changed behind our back are not drawn.
  const png = resolveVariant({ format: ['png'] }, { mediatype: 'image/jpeg', width: 9, height: 9 });
  assert.ok(png && !png.unchanged);
  await assert.rejects(
    converter.convert(async () => Buffer.from(hostile), png),
    refusedWith(400, 1824),
  );
});

test('what is no picture of a known and decodable type is refused with 1824', async () => {
  const html = Buffer.from('<!DOCTYPE html><html><body><svg></svg><script>alert(1)</script></body></html>');
  const jpegFront = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(3000, 7)]);
  const webpInside = Buffer.concat([
    Buffer.from('GIF89a'),
    (await samples.encode(samples.opaque(), 'webp')).subarray(6),
  ]);
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(5000, 1), html, jpegFront, webpInside, samples.heic, samples.bmp])
    await assert.rejects(converter.inspect(bytes), refusedWith(400, 1824), bytes.subarray(0, 12).toString('latin1'));
});

for (const format of samples.writable)
  test(`a ${format} cut off anywhere is refused with 1824`, async () => {
    const bytes = await samples.encode(samples.opaque(), format);
    for (const part of [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
      await assert.rejects(
        converter.inspect(bytes.subarray(0, bytes.length * part)),
        refusedWith(400, 1824),
        `${part}`,
      );
    await assert.rejects(converter.inspect(bytes.subarray(0, -1)), refusedWith(400, 1824), 'the last byte');
  });

test('an animation, SVG or PDF cut off is refused too', async () => {
  for (const format of ['gif', 'webp'] as const) {
    const bytes = await samples.encode(samples.animated(), format);
    for (const part of [0.3, 0.6, 0.9])
      await assert.rejects(converter.inspect(bytes.subarray(0, bytes.length * part)), refusedWith(400, 1824), format);
  }
  await assert.rejects(converter.inspect(samples.svg.subarray(0, -6)), refusedWith(400, 1824));
  await assert.rejects(converter.inspect(samples.pdf.subarray(0, -6)), refusedWith(400, 1824));
});

test('pictures with flipped bits are taken or refused, and never harm the converter', async () => {
  let seed = 1;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const outcomes = { taken: 0, refused: 0 };
  for (const format of samples.writable) {
    const bytes = await samples.encode(samples.opaque(), format);
    const damaged = Array.from({ length: 25 }, () => {
      const copy = Buffer.from(bytes);
      // The first bytes hold the sizes and tables: most flips go there.
      for (let flips = 0; flips < 3; flips++) {
        const at = random(flips === 0 ? copy.length : Math.min(copy.length, 400));
        copy[at] = (copy[at] ?? 0) ^ (1 << random(8));
      }
      return copy;
    });
    for (const result of await Promise.allSettled(damaged.map((copy) => converter.inspect(copy))))
      if (result.status === 'fulfilled') outcomes.taken++;
      else {
        outcomes.refused++;
        assert.ok(
          result.reason instanceof KeystampError && [400, 413].includes(result.reason.status),
          String(result.reason),
        );
      }
  }
  assert.ok(outcomes.taken > 0 && outcomes.refused > 0, JSON.stringify(outcomes));
  assert.deepEqual(lost, []);
});

test('pictures over the limits are refused with 413 before they are decoded', async () => {
  await assert.rejects(converter.inspect(samples.pngBomb(20_000)), refusedWith(413));
  await assert.rejects(converter.inspect(samples.gifBomb(400, 10_000)), refusedWith(413));
  await assert.rejects(converter.inspect(samples.gifBomb(2000, 1)), refusedWith(413));
  await assert.rejects(converter.inspect(Buffer.alloc(1024 * 1024 + 1)), refusedWith(413));
  const jpeg = resolveVariant({ format: ['jpeg'] }, { mediatype: 'image/png', width: 9, height: 9 });
  assert.ok(jpeg && !jpeg.unchanged);
  await assert.rejects(
    converter.convert(async () => samples.pngBomb(20_000), jpeg),
    refusedWith(413),
  );
  // At the limit itself they pass, so the refusal is the limit's.
  const side = Math.sqrt(maxImagePixels);
  assert.equal((await converter.inspect(samples.pngBomb(side))).width, side);
  assert.equal((await converter.inspect(samples.gifBomb(100, 100))).pages, 100);
});
