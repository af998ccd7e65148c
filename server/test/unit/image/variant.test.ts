import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { imageFormats, mediaTypeOf, parseImageFormat } from '../../../src/image/formats.ts';
import type { FormatAsked, ImageFormat } from '../../../src/image/formats.ts';
import { imageQuery } from '../../../src/image/image-uri.ts';
import { encoderRevision, etagOf, imageFits, resolveVariant } from '../../../src/image/variant.ts';
import type { StoredImageInfo, VariantSpec } from '../../../src/image/variant.ts';

const stored = (format: ImageFormat, more: Partial<StoredImageInfo> = {}): StoredImageInfo => ({
  mediatype: mediaTypeOf(format),
  width: 1600,
  height: 1000,
  ...more,
});

/** The variant in short: `jpeg!` for stored bytes, the name for conversions, `-` for the empty answer. */
function short(format: string, info: StoredImageInfo, more: Omit<VariantSpec, 'format'> = {}): string {
  const variant = resolveVariant({ format: parseImageFormat(format) ?? assert.fail(format), ...more }, info);
  if (!variant) return '-';
  assert.equal(variant.mediatype, mediaTypeOf(variant.format));
  assert.equal(variant.revision, variant.unchanged ? '0' : encoderRevision);
  return variant.unchanged ? `${variant.name}!` : variant.name;
}

test('best delivers what browsers show as it is, and turns the rest into PNG or JPEG (spec 10 § 3.2)', () => {
  for (const format of ['jpeg', 'png', 'gif', 'svg', 'webp', 'avif', 'pdf'] as const)
    assert.equal(short('best', stored(format)), `${format}!`);
  assert.equal(short('best', stored('tiff')), 'jpeg');
  assert.equal(short('best', stored('tiff', { hasAlpha: true })), 'png');
  assert.equal(short('best', stored('tiff', { fewColours: true })), 'png');
  for (const format of ['bmp', 'heic'] as const) assert.equal(short('best', stored(format)), '-');
});

test('the stored type is delivered unchanged, others are converted or impossible (spec 10 § 3.3)', () => {
  for (const own of Object.keys(imageFormats) as ImageFormat[])
    for (const asked of Object.keys(imageFormats) as ImageFormat[]) {
      const possible = imageFormats[own].decodes && imageFormats[asked].encodes;
      assert.equal(short(asked, stored(own)), own === asked ? `${own}!` : possible ? asked : '-', `${own} as ${asked}`);
    }
  assert.equal(resolveVariant({ format: ['best'] }, { ...stored('png'), mediatype: 'image/x-unknown' }), undefined);
});

test('a list gives the first format that exists or can be produced', () => {
  assert.equal(short('svg;pdf;webp;jpeg', stored('jpeg')), 'webp');
  assert.equal(short('svg;jpeg', stored('svg')), 'svg!');
  assert.equal(short('jpeg;best', stored('svg')), 'svg!');
  assert.equal(short('svg;pdf', stored('jpeg')), '-');
});

test('sizes and qualities are part of the name', () => {
  assert.equal(short('webp', stored('jpeg'), { width: 80, quality: 80 }), 'webp.w80.inside.q80');
  assert.equal(short('best', stored('jpeg'), { width: 80, height: 60, fit: 'cover' }), 'jpeg.w80.h60.cover');
  assert.equal(short('best', stored('gif'), { height: 60 }), 'gif.h60.inside');
  assert.equal(short('best', stored('png'), { width: 60 }), 'png.w60.inside');
  assert.equal(short('best', stored('tiff'), { width: 60 }), 'jpeg.w60.inside');
  assert.equal(short('tiff', stored('tiff'), { width: 60 }), 'tiff.w60.inside');
  assert.equal(short('jpeg', stored('jpeg'), { quality: 50 }), 'jpeg.q50');
});

test('what has no meaning leaves the stored bytes alone', () => {
  assert.equal(short('best', stored('png'), { quality: 50 }), 'png!');
  assert.equal(short('best', stored('jpeg'), { fit: 'cover' }), 'jpeg!');
  assert.equal(short('svg', stored('svg'), { quality: 50 }), 'svg!');
  assert.equal(short('svg', stored('svg'), { width: 50 }), 'svg!');
  assert.equal(short('best', stored('pdf'), { height: 50 }), 'pdf!');
});

test('one side alone never enlarges, whatever fit says', () => {
  const thin = stored('png', { width: 1, height: 30_000 });
  assert.equal(short('png', thin, { width: 4096, fit: 'cover' }), 'png.w4096.inside');
});

test('a format that cannot be as large as the picture is passed over', () => {
  const long = stored('png', { width: 20_000, height: 10 });
  assert.equal(short('webp', long), '-');
  assert.equal(short('webp;jpeg', long), 'jpeg');
  assert.equal(short('webp', long, { width: 4000 }), 'webp.w4000.inside');
  assert.equal(short('webp', long, { width: 90, height: 90, fit: 'contain' }), 'webp.w90.h90.contain');
  // One side says how small the other gets.
  const thin = stored('png', { width: 10, height: 60_000 });
  assert.equal(short('webp', thin, { width: 5 }), '-');
  assert.equal(short('webp', thin, { width: 2 }), 'webp.w2.inside');
});

test('different deliverables never share a name', () => {
  const side = fc.option(fc.integer({ min: 1, max: 4096 }), { nil: undefined });
  const spec = fc.record({
    format: fc.constantFrom<FormatAsked>(['jpeg'], ['png'], ['webp'], ['best']),
    width: side,
    height: side,
    fit: fc.constantFrom(...imageFits),
    quality: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
  });
  const given = ({
    width,
    height,
    quality,
    ...rest
  }: typeof spec extends fc.Arbitrary<infer T> ? T : never): VariantSpec => ({
    ...rest,
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(quality === undefined ? {} : { quality }),
  });
  fc.assert(
    fc.property(spec, spec, (a, b) => {
      const [one, other] = [resolveVariant(given(a), stored('jpeg')), resolveVariant(given(b), stored('jpeg'))];
      assert.ok(one && other);
      assert.match(one.name, /^[a-z0-9.]+$/);
      if (one.name === other.name && one.revision === other.revision) assert.deepEqual(one, other);
      else assert.notDeepEqual(one, other);
    }),
  );
});

test('the ETag is strong and holds hash, name and revision (spec 10 § 9.4)', () => {
  const hash = createHash('sha256').update('picture').digest();
  const start = hash.toString('base64url').slice(0, 22);
  const unchanged = resolveVariant({ format: ['best'] }, stored('jpeg')) ?? assert.fail();
  const small = resolveVariant({ format: ['webp'], width: 80, quality: 80 }, stored('jpeg')) ?? assert.fail();
  assert.equal(etagOf(hash, unchanged), `"${start}-jpeg-0"`);
  assert.equal(etagOf(new Uint8Array(hash), small), `"${start}-webp.w80.inside.q80-${encoderRevision}"`);
});

test('the query of a uri has its parameters in the fixed order', () => {
  const uri = (spec: VariantSpec): string => {
    const { prefix, suffix } = imageQuery('photo', spec);
    return `${prefix}16${suffix}`;
  };
  assert.equal(uri({ format: ['best'] }), '$imageformat=best&$version=16&$expand=photo');
  assert.equal(
    uri({ quality: 70, fit: 'cover', height: 60, width: 80, format: ['webp', 'jpeg'] }),
    '$imageformat=webp;jpeg&$version=16&$expand=photo&$imagewidth=80&$imageheight=60&$imagefit=cover&$imagequality=70',
  );
});

test('the revision of conversions is that of the library which makes them', () => {
  const { dependencies } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  // Another one may make other bytes, under the same strong ETag: raise the revision with it.
  assert.deepEqual([dependencies['sharp'], encoderRevision], ['0.35.5', '1']);
});
