// Storms of conversions: the data API goes on answering, a full queue says when to come again, and one picture is
// converted once however many wait for it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { noisyPicture, note, spread, StormServer, variant, type Reply } from './storm-server.ts';

const long = process.env['KEYSTAMP_LONG'] === '1';
const queue = 12;
let server: StormServer;

before(async () => {
  const settings = { KEYSTAMP_CONVERTERS: '2', KEYSTAMP_MAX_QUEUE: String(queue) };
  server = await StormServer.start(await noisyPicture(600, 400), settings);
});
after(() => server?.end());

test('reads and saves go on while a storm of conversions runs; the full queue answers 503 and later gives way', async (t) => {
  const idle: number[] = [];
  for (let i = 0; i < 200; i++) idle.push((await server.get(note)).milliseconds);

  const wanted = long ? 2000 : 100;
  let converted = 0;
  let refused = 0;
  /** Asks until it gets the picture, as a client that obeys `Retry-After`. */
  const insist = async (path: string): Promise<Reply> => {
    for (;;) {
      const answer = await server.get(path);
      if (answer.status !== 503) return answer;
      refused++;
      const seconds = String(answer.headers['retry-after']);
      assert.match(seconds, /^[1-9]\d*$/);
      assert.equal(answer.headers['cache-control'], 'no-store');
      await sleep(Number(seconds) * 1000 * (0.5 + Math.random()));
    }
  };
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < wanted) {
      const number = next++;
      const answer = await insist(variant(number));
      assert.equal(answer.status, 200, answer.bytes.toString('latin1', 0, 300));
      assert.equal(answer.headers['content-type'], number % 2 === 0 ? 'image/webp' : 'image/jpeg');
      converted++;
    }
  };
  const storm = Promise.all(Array.from({ length: 48 }, worker));
  let over = false;
  void storm.finally(() => (over = true)).catch(() => {});

  const reads: number[] = [];
  let saves = 0;
  const read = async (): Promise<void> => {
    while (!over) {
      const answer = await server.get(note);
      assert.equal(answer.status, 200);
      if (!over) reads.push(answer.milliseconds);
    }
  };
  const save = async (): Promise<void> => {
    while (!over) {
      const body = JSON.stringify({ __KEY: 'storm', title: `storm ${saves}` });
      const answer = await server.send('POST', '/rest/Note?$method=update', body);
      assert.equal(answer.status, 200);
      saves++;
      await sleep(20);
    }
  };
  /** Uploads go before conversions, so the queue of conversions does not hinder them. */
  const upload = async (): Promise<void> => {
    const picture = await noisyPicture(60, 40);
    assert.equal((await server.send('POST', `${note}/badge?$rawPict=true`, picture)).status, 200);
    assert.equal(over, false, 'the upload had to wait for the whole storm');
  };
  await Promise.all([storm, read(), read(), save(), upload()]);

  assert.equal(converted, wanted);
  assert.ok(refused > 0, 'the queue was never full');
  assert.ok(saves > 0);
  assert.ok(reads.length > wanted, `only ${reads.length} reads were answered during ${wanted} conversions`);
  const made = (await server.logged('pictureConverted')).length;
  assert.equal(made, wanted, 'each variant is converted once');
  t.diagnostic(`idle: ${spread(idle)}`);
  t.diagnostic(`storm: ${spread(reads)}; ${saves} saves; ${converted} conversions; ${refused} times 503`);
});

test('100 clients that ask for the same new picture cause one conversion', async () => {
  for (const format of ['webp', 'png', 'avif']) {
    const before = (await server.logged('pictureConverted')).length;
    const path = `${note}/photo?$imageformat=${format}&$imagewidth=300`;
    const answers = await Promise.all(Array.from({ length: 100 }, () => server.get(path)));
    for (const { status, bytes } of answers) {
      assert.equal(status, 200);
      assert.ok(bytes.equals(answers[0]?.bytes ?? Buffer.alloc(0)));
    }
    const made = (await server.logged('pictureConverted')).slice(before);
    assert.deepEqual(
      made.map((line) => line['variant']),
      [`${format}.w300.inside`],
    );
  }
});
