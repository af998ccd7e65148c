// Thousands of different conversions do not make the server grow: decoders live in processes of their own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noisyPicture, StormServer, variant } from './storm-server.ts';

const long = process.env['KEYSTAMP_LONG'] === '1';
/** Conversions until it is warm, and all. */
const [warm, all] = long ? [500, 5000] : [100, 300];
/** MiB. What a short run may add is mostly what the garbage collector has not looked at yet. */
const allowed = long ? 64 : 96;
const converters = 2;

test(
  `memory grows by less than ${allowed} MiB from conversion ${warm} to ${all}`,
  { skip: process.platform !== 'linux' },
  async (t) => {
    const server = await StormServer.start(await noisyPicture(320, 240), { KEYSTAMP_CONVERTERS: String(converters) });
    t.after(() => server.end());
    let done = 0;
    let sent = 0;
    const convertUpTo = async (count: number): Promise<void> => {
      const worker = async (): Promise<void> => {
        while (done < count) {
          const number = done++;
          const { status, bytes } = await server.get(variant(number));
          assert.equal(status, 200);
          sent += bytes.length;
        }
      };
      await Promise.all(Array.from({ length: 8 }, worker));
    };
    const begun = performance.now();
    await convertUpTo(warm);
    const first = server.memory();
    t.diagnostic(
      `after ${warm}: server ${first.own.toFixed(0)} MiB, with converters ${first.withChildren.toFixed(0)} MiB`,
    );
    await convertUpTo(all);
    const last = server.memory();
    const seconds = (performance.now() - begun) / 1000;
    t.diagnostic(
      `after ${all}: server ${last.own.toFixed(0)} MiB, with converters ${last.withChildren.toFixed(0)} MiB`,
    );
    t.diagnostic(
      `${(all / seconds).toFixed(0)} conversions per second; ${(sent / 2 ** 20).toFixed(1)} MiB of pictures`,
    );

    assert.ok(first.own > 20, 'the memory was not measured');
    assert.ok(last.own - first.own < allowed, `grown from ${first.own} to ${last.own} MiB`);
    assert.equal((await server.logged('pictureConverted')).length, all, 'every one was a conversion');
    // No more processes than are needed, none lost; each is replaced after 2,000 jobs.
    const started = (await server.logged('converterStarted')).length;
    assert.ok(started <= converters + Math.ceil(all / 2000), `${started} converters were started`);
    assert.deepEqual(await server.logged('converterLost'), []);
  },
);
