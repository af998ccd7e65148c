import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatOfMediaType,
  imageFormats,
  mediaTypeOf,
  parseImageFormat,
  printImageFormat,
  sniffFormat,
} from '../../../src/image/formats.ts';
import type { ImageFormat } from '../../../src/image/formats.ts';
import { isSvg, readSvg } from '../../../src/image/svg.ts';
import { bmp, encode, heic, opaque, pdf, svg, writable } from './sample-pictures.ts';

test('$imageformat takes names, extensions, MIME types and OS types in any case (spec 10 § 3)', () => {
  const spellings: Partial<Record<ImageFormat | 'best', readonly string[]>> = {
    best: ['best', 'BEST'],
    jpeg: ['jpeg', 'jpg', '.jpeg', '.jpg', 'image/jpeg', 'image/jpg', 'JPEG'],
    png: ['png', '.png', 'image/png', 'PNGf'],
    gif: ['gif', '.gif', 'image/gif', 'GIFf'],
    tiff: ['tiff', 'tif', '.tiff', '.tif', 'image/tiff', 'TIFF'],
    pdf: ['pdf', '.pdf', 'application/pdf'],
    svg: ['svg', '.svg', 'image/svg+xml'],
    webp: ['webp', '.webp', 'image/webp'],
    avif: ['avif', '.avif', 'image/avif'],
  };
  for (const [name, texts] of Object.entries(spellings))
    for (const text of texts) assert.deepEqual(parseImageFormat(text), [name], text);
});

test('a list keeps its order and drops what is unknown or said twice', () => {
  assert.deepEqual(parseImageFormat('svg; .JPG ;heif;bogus;jpeg;best'), ['svg', 'jpeg', 'heic', 'best']);
  assert.equal(printImageFormat(['svg', 'best']), 'svg;best');
  for (const text of ['', ';', 'bogus', 'bogus;nope', 'image/*', 'constructor', '__proto__'])
    assert.equal(parseImageFormat(text), undefined, text);
});

test('any text gives known formats, which print and parse to themselves', () => {
  const words = fc.oneof(fc.string(), fc.constantFrom('jpg', 'image/png', 'best', 'avif'));
  fc.assert(
    fc.property(fc.array(words, { maxLength: 6 }), (parts) => {
      const asked = parseImageFormat(parts.join(';'));
      if (asked) assert.deepEqual(parseImageFormat(printImageFormat(asked)), asked);
    }),
  );
});

test('every format is recognised by its bytes, and its MIME type leads back to it', async () => {
  const samples: Partial<Record<ImageFormat, Uint8Array>> = { svg, pdf, heic, bmp };
  for (const format of writable) samples[format] = await encode(opaque(), format);
  for (const format of Object.keys(imageFormats) as ImageFormat[]) {
    const sample = samples[format];
    assert.ok(sample, `no sample of ${format}`);
    assert.equal(sniffFormat(sample), format);
    assert.equal(formatOfMediaType(mediaTypeOf(format)), format);
  }
});

test('other bytes are no picture', () => {
  const others = [
    '',
    'BM is how this text begins',
    '<!DOCTYPE html><svg></svg>',
    '<html><svg/></html>',
    'GIF',
    'RIFF1234WAVE',
  ];
  for (const text of [
    ...others,
    '<svgx/>',
    '<!-- <svg> -->',
    '<?xml version="1.0"?>',
    '<!DOCTYPE svg [',
    '<a><svg/></a>',
  ])
    assert.equal(sniffFormat(Buffer.from(text)), undefined, text);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const format = sniffFormat(bytes);
      assert.ok(format === undefined || format in imageFormats);
    }),
  );
});

test('an SVG is found behind prolog, comments and DOCTYPE', () => {
  const doctype = `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x>y" [<!-- don't --><!ENTITY a "]>">]>`;
  for (const text of [
    '<svg/>',
    '\ufeff<svg >',
    `<?xml version="1.0"?>\n<!-- <html> -->${doctype}\n<svg\n>`,
    '<svg:svg xmlns:svg="http://www.w3.org/2000/svg"/>',
  ])
    assert.equal(isSvg(Buffer.from(text)), true, text);
});

test('the size of an SVG comes from width, height and viewBox', () => {
  const size = (attributes: string) => readSvg(Buffer.from(`<svg ${attributes}><g a='>'/></svg>`));
  assert.deepEqual(size('width="120" height="40px"'), { width: 120, height: 40 });
  assert.deepEqual(size("width='1in' height='72pt'"), { width: 96, height: 96 });
  assert.deepEqual(size('viewBox="0 0 300 150"'), { width: 300, height: 150 });
  assert.deepEqual(size('viewBox="0,0,300,150" width="100"'), { width: 100, height: 50 });
  assert.deepEqual(size('width="100%" height="50%" viewBox="0 0 8 4"'), { width: 8, height: 4 });
  assert.deepEqual(size('width="-5" height="abc" stroke-width="9"'), { width: 0, height: 0 });
});

test('an SVG cut off anywhere, or followed by something else, is not whole', () => {
  const whole = '<svg width="4"><!-- a > b --><style><![CDATA[<x>]]></style><g><path d="M0>0"/></g><?p?></svg>';
  assert.ok(readSvg(Buffer.from(`${whole} <!-- end -->\n`)));
  for (let length = 0; length < whole.length; length++)
    assert.equal(readSvg(Buffer.from(whole.slice(0, length))), undefined, whole.slice(0, length));
  for (const other of ['', 'text', '<html></html>', '<!-- <svg/> -->'])
    assert.equal(readSvg(Buffer.from(other)), undefined, other);
  for (const tail of ['<svg/>', 'text', '</svg>']) assert.equal(readSvg(Buffer.from(whole + tail)), undefined, tail);
});
