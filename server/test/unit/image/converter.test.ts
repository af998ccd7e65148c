// What converters make of good pictures: every format from every other, and what inspection says of them.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import sharp from 'sharp';
import { Converter } from '../../../src/image/converter.ts';
import { imageFormats, mediaTypeOf } from '../../../src/image/formats.ts';
import type { WritableFormat } from '../../../src/image/formats.ts';
import { resolveVariant } from '../../../src/image/variant.ts';
import type { VariantSpec } from '../../../src/image/variant.ts';
import * as samples from './sample-pictures.ts';
import '../../kept-converters.ts';

const converter = new Converter({
  converters: 2,
  maxConversionQueue: 200,
  conversionSeconds: 60,
  maxImagePixels: 1_000_000,
  maxImageBytes: 1024 * 1024,
});
after(() => converter.close());

/** Inspects a picture and converts it as a request would. */
async function deliver(bytes: Uint8Array, spec: VariantSpec): Promise<Buffer> {
  const variant = resolveVariant(spec, await converter.inspect(bytes));
  if (!variant || variant.unchanged) throw new Error('no conversion');
  return converter.convert(async () => bytes, variant);
}

async function describe(
  bytes: Uint8Array,
): Promise<{ format: string; width: number; height: number; pages: number; hasAlpha: boolean }> {
  const { format, width, height, pages, hasAlpha } = await sharp(bytes).metadata();
  return { format: format === 'heif' ? 'avif' : format, width, height, pages: pages ?? 1, hasAlpha };
}

for (const from of samples.writable)
  test(`${from}: every format from it looks the same, and twice the same`, async () => {
    const bytes = await samples.encode(samples.opaque(), from);
    for (const to of samples.writable) {
      if (to === from) continue;
      const result = await deliver(bytes, { format: [to] });
      const { format, width, height } = await describe(result);
      assert.deepEqual([format, width, height], [to, samples.width, samples.height]);
      const apart = await samples.difference(samples.opaque(), result);
      assert.ok(apart < 8, `${from} to ${to}: ${apart}`);
      assert.deepEqual(await deliver(bytes, { format: [to] }), result);
    }
  });

test('the measure tells different pictures apart', async () => {
  assert.ok((await samples.difference(samples.opaque(), samples.opaque().negate())) > 40);
  assert.ok((await samples.difference(samples.opaque(), samples.opaque().rotate(180))) > 30);
  assert.ok((await samples.difference(samples.opaque(), samples.transparent())) > 20);
});

for (const from of samples.writable.filter((format) => imageFormats[format].alpha))
  test(`transparency of ${from} is kept, and becomes white in JPEG`, async () => {
    const bytes = await samples.encode(samples.transparent(), from);
    assert.equal((await converter.inspect(bytes)).hasAlpha, true);
    for (const to of samples.writable) {
      const result = to === from ? bytes : await deliver(bytes, { format: [to] });
      assert.equal((await describe(result)).hasAlpha, imageFormats[to].alpha, `${from} to ${to}`);
      const apart = await samples.difference(samples.transparent(), result);
      assert.ok(apart < 8, `${from} to ${to}: ${apart}`);
    }
  });

for (const from of ['gif', 'webp'] as const)
  test(`an animated ${from} becomes its first frame`, async () => {
    const bytes = await samples.encode(samples.animated(), from);
    const info = await converter.inspect(bytes);
    assert.deepEqual([info.pages, info.width, info.height], [3, samples.width, samples.height]);
    for (const to of samples.writable) {
      const result = await deliver(bytes, { format: [to], ...(to === from ? { width: 120 } : {}) });
      const { pages, height } = await describe(result);
      assert.deepEqual([pages, height], [1, samples.height]);
      assert.ok((await samples.difference(samples.opaque(), result)) < 8, to);
    }
  });

test('of a TIFF with several pages the first is delivered', async () => {
  const page = {
    raw: { width: samples.width, height: samples.height * 2, channels: 3 as const, pageHeight: samples.height },
  };
  const bytes = await sharp(Buffer.concat([samples.pixels(3), Buffer.alloc(samples.pixels(3).length)]), page)
    .tiff()
    .toBuffer();
  const info = await converter.inspect(bytes);
  assert.deepEqual([info.pages, info.height], [2, samples.height]);
  assert.ok((await samples.difference(samples.opaque(), await deliver(bytes, { format: ['png'] }))) < 8);
});

test('all eight EXIF orientations are applied, and the metadata is dropped', async () => {
  for (let orientation = 1; orientation <= 8; orientation++) {
    const bytes = await samples.opaque().jpeg({ quality: 95 }).withMetadata({ orientation }).toBuffer();
    const info = await converter.inspect(bytes);
    const upright = orientation < 5 ? [samples.width, samples.height] : [samples.height, samples.width];
    assert.deepEqual([info.width, info.height], upright);
    for (const spec of [{ format: ['png'] }, { format: ['jpeg'], width: info.width }] as const) {
      const result = await deliver(bytes, spec);
      const metadata = await sharp(result).metadata();
      assert.deepEqual(
        [metadata.width, metadata.height, metadata.orientation, metadata.exif],
        [...upright, undefined, undefined],
      );
      assert.ok((await samples.difference(bytes, result)) < 8, `orientation ${orientation}`);
    }
  }
});

test('other colour spaces arrive as sRGB', async () => {
  const cmyk = await samples.opaque().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
  const deep = await samples.opaque().toColourspace('rgb16').png().toBuffer();
  assert.deepEqual([(await sharp(cmyk).metadata()).space, (await sharp(deep).metadata()).depth], ['cmyk', 'ushort']);
  for (const [bytes, to] of [
    [cmyk, 'png'],
    [deep, 'webp'],
  ] as const) {
    const result = await deliver(bytes, { format: [to] });
    const { space, depth } = await sharp(result).metadata();
    assert.deepEqual([space, depth], ['srgb', 'uchar']);
    assert.ok((await samples.difference(bytes, result)) < 8);
  }
});

test('sizes: inside never enlarges, cover and contain fill the box', async () => {
  const bytes = await samples.encode(samples.opaque(), 'png');
  const size = async (spec: Omit<VariantSpec, 'format'>, format: WritableFormat = 'png') => {
    const result = await describe(await deliver(bytes, { format: [format], ...spec }));
    return `${result.width}x${result.height}`;
  };
  assert.equal(await size({ width: 60 }), '60x40');
  assert.equal(await size({ height: 20 }, 'webp'), '30x20');
  assert.equal(await size({ width: 60, height: 60 }), '60x40');
  assert.equal(await size({ width: 4096, height: 4096 }), '120x80');
  assert.equal(await size({ width: 4096, fit: 'cover' }), '120x80');
  assert.equal(await size({ width: 60, height: 60, fit: 'cover' }), '60x60');
  assert.equal(await size({ width: 200, height: 200, fit: 'contain' }), '200x200');
});

test('the border of contain is transparent, white in JPEG', async () => {
  const bytes = await samples.encode(samples.opaque(), 'jpeg');
  const corner = async (format: WritableFormat): Promise<number[]> => {
    const result = await deliver(bytes, { format: [format], width: 50, height: 100, fit: 'contain' });
    return [...(await sharp(result).ensureAlpha().extract({ left: 2, top: 2, width: 1, height: 1 }).raw().toBuffer())];
  };
  assert.equal((await corner('webp'))[3], 0);
  assert.deepEqual(await corner('jpeg'), [255, 255, 255, 255]);
});

test('a lower quality makes fewer bytes of the same picture', async () => {
  const bytes = await samples.encode(samples.opaque(), 'png');
  for (const format of ['jpeg', 'webp', 'avif'] as const) {
    const [low, high] = [
      await deliver(bytes, { format: [format], quality: 20 }),
      await deliver(bytes, { format: [format], quality: 95 }),
    ];
    assert.ok(low.length < high.length, `${format}: ${low.length} and ${high.length}`);
    assert.ok((await samples.difference(low, high)) < 12);
  }
});

test('inspection tells type, size, bytes and ThumbHash', async () => {
  for (const format of samples.writable) {
    const bytes = await samples.encode(samples.opaque(), format);
    const { thumbhash, hasAlpha, fewColours, ...info } = await converter.inspect(bytes);
    const expected = { format, mediatype: mediaTypeOf(format), width: 120, height: 80, size: bytes.length, pages: 1 };
    assert.deepEqual(info, expected);
    assert.match(thumbhash ?? '', /^[A-Za-z0-9+/]{28,}={0,2}$/);
    assert.equal(fewColours, false);
    assert.equal(typeof hasAlpha, 'boolean');
  }
});

test('few colours of a TIFF are found, so that best makes a PNG of it', async () => {
  const flat = sharp({ create: { width: 90, height: 90, channels: 3, background: '#3366cc' } });
  const info = await converter.inspect(await flat.clone().tiff({ compression: 'lzw' }).toBuffer());
  assert.deepEqual([info.fewColours, resolveVariant({ format: ['best'] }, info)?.format], [true, 'png']);
  const grey = await converter.inspect(
    await samples.opaque().toColourspace('b-w').tiff({ compression: 'lzw' }).toBuffer(),
  );
  assert.equal(grey.fewColours, true);
  const many = await converter.inspect(await samples.encode(samples.opaque(), 'tiff'));
  assert.equal(resolveVariant({ format: ['best'] }, many)?.format, 'jpeg');
});

test('SVG and PDF are kept without being drawn', async () => {
  const drawn = { pages: 1, hasAlpha: true, fewColours: false };
  assert.deepEqual(await converter.inspect(samples.svg), {
    ...drawn,
    format: 'svg',
    mediatype: 'image/svg+xml',
    width: 192,
    height: 48,
    size: samples.svg.length,
  });
  assert.deepEqual(await converter.inspect(samples.pdf), {
    ...drawn,
    format: 'pdf',
    mediatype: 'application/pdf',
    width: 816,
    height: 1056,
    size: samples.pdf.length,
  });
});
