import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { FrameReader, writeFrame } from '../../../src/image/frames.ts';

test('messages come out as they went in, however the stream is cut', () => {
  const message = fc.tuple(fc.jsonValue(), fc.uint8Array({ maxLength: 300 }));
  fc.assert(
    fc.property(fc.array(message, { maxLength: 5 }), fc.integer({ min: 1, max: 50 }), (messages, cut) => {
      const pipe = new PassThrough({ highWaterMark: 1 << 20 });
      for (const [header, body] of messages) writeFrame(pipe, header, body);
      const bytes = (pipe.read() as Buffer | null) ?? Buffer.alloc(0);
      const got: [unknown, Uint8Array][] = [];
      const reader = new FrameReader<unknown>((header, body) => got.push([header, new Uint8Array(body)]));
      for (let at = 0; at < bytes.length; at += cut) reader.push(bytes.subarray(at, at + cut));
      assert.deepEqual(
        got,
        messages.map(([header, body]) => [JSON.parse(JSON.stringify(header)), new Uint8Array(body)]),
      );
    }),
  );
});

test('lengths out of all bounds are refused before memory is taken', () => {
  const reader = new FrameReader<unknown>(() => assert.fail());
  assert.throws(() => reader.push(Buffer.from([0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff])));
});
