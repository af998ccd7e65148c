// Histories of concurrent clients against two server processes that are killed in between, on both engines: what the
// clients were told must fit one order of events.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { TwoServers, type Answer, type Cookie, type EngineName } from './two-servers.ts';

const long = process.env['KEYSTAMP_LONG'] === '1';
const engines: readonly EngineName[] = ['sqlite', 'postgres'];

/** Kills a server now and then, the one and the other, until something is done. */
async function killWhile(servers: TwoServers, kills: number, work: Promise<unknown>): Promise<void> {
  let over = false;
  const done = work.finally(() => (over = true));
  for (let i = 0; i < kills && !over; i++) {
    await Promise.race([sleep(400 + 300 * (i % 3)), done]);
    if (!over) await servers.kill(i % 2);
  }
  await done;
}

interface Update {
  readonly code: string;
  /** The stamp it found. */
  readonly seen: number;
  /** Nobody knows whether it happened when there was no answer. */
  readonly outcome: 'won' | 'lost' | 'unknown';
}

for (const engine of engines)
  describe(`two servers on ${engine}`, () => {
    let servers: TwoServers;
    before(async () => (servers = await TwoServers.open(engine)));
    after(() => servers.close());

    test('a stamp has one winner at most, and no update is lost', async () => {
      const codes = ['a', 'b', 'c'];
      for (const code of codes) {
        const made = await servers.ask(0, 'Counter?$method=update', { code, value: 0 });
        assert.equal(made?.status, 200);
      }
      const updates: Update[] = [];
      const client = async (number: number): Promise<void> => {
        for (let i = 0; i < (long ? 300 : 24); i++) {
          const code = codes[(number + i) % codes.length] as string;
          const read = await servers.ask(number + i, `Counter(${code})`);
          if (read?.status !== 200) continue;
          const { __STAMP: seen, value } = read.json as { __STAMP: number; value: number };
          // Each write counts the value and the stamp up, so they never part.
          assert.equal(value, seen - 1, `${code} was half written`);
          const body = { __KEY: code, __STAMP: seen, value: value + 1, by: `${number} ${i}` };
          const answer = await servers.ask(number + i, 'Counter?$method=update', body);
          updates.push({ code, seen, outcome: outcomeOf(answer) });
        }
      };
      const clients = Promise.all(Array.from({ length: 6 }, (_, number) => client(number)));
      await killWhile(servers, long ? 20 : 2, clients);

      for (const code of codes) {
        const own = updates.filter((update) => update.code === code);
        const won = own.filter(({ outcome }) => outcome === 'won');
        assert.equal(new Set(won.map(({ seen }) => seen)).size, won.length, `${code}: two winners of one stamp`);
        const last = (await servers.ask(0, `Counter(${code})`)) as Answer;
        const { __STAMP: stamp, value } = last.json as { __STAMP: number; value: number };
        assert.equal(value, stamp - 1);
        const unknown = own.filter(({ outcome }) => outcome === 'unknown').length;
        assert.ok(stamp - 1 >= won.length, `${code}: ${won.length} updates were acknowledged, ${stamp - 1} are there`);
        assert.ok(stamp - 1 <= won.length + unknown, `${code}: more updates than were sent`);
      }
      assert.ok(updates.some(({ outcome }) => outcome === 'lost') && updates.some(({ outcome }) => outcome === 'won'));
    });

    test('a lock has one holder at a time, and keeps others from saving', async () => {
      assert.equal((await servers.ask(0, 'Counter?$method=update', { code: 'x', value: 0 }))?.status, 200);
      /** How often each client holds it; it asks until then. */
      const turns = long ? 10 : 2;
      let holder: number | undefined;
      let held = 0;
      const client = async (number: number): Promise<void> => {
        const cookie: Cookie = {};
        const certain = async (path: string, body?: unknown): Promise<Answer> => {
          for (let i = number; ; i++) {
            const answer = await servers.ask(i, path, body, cookie);
            if (answer && answer.status < 500) return answer;
            await sleep(20);
          }
        };
        // A session first: when the answer that opens one is lost, nobody can give back what it has locked.
        await certain('Counter?$method=entityset&$top=0');
        assert.ok(cookie.text);
        for (let mine = 0; mine < turns;) {
          const { json } = await certain('Counter(x)?$lock=true');
          if (json['result'] !== true) {
            // Refused while it is held; were it not, the holder would read this.
            await certain('Counter?$method=update', { __KEY: 'x', value: -1 });
            await sleep(5);
            continue;
          }
          assert.equal(holder, undefined, `${number} and ${holder} hold the same entity`);
          holder = number;
          held++;
          mine++;
          for (let n = 0; n < 3; n++) {
            const saved = await certain('Counter?$method=update', { __KEY: 'x', value: number * 1000 + n });
            assert.equal(saved.status, 200, JSON.stringify(saved.json));
            const read = await certain('Counter(x)');
            assert.equal(read.json['value'], number * 1000 + n, 'another one saved what this one holds');
          }
          holder = undefined;
          await certain('Counter(x)?$lock=false');
        }
      };
      const clients = Promise.all(Array.from({ length: 4 }, (_, number) => client(number)));
      await killWhile(servers, long ? 12 : 2, clients);
      assert.equal(held, 4 * turns);
    });

    test('sets have no duplicates and no gaps while writes run', async () => {
      const writes = long ? 5000 : 1000;
      /** Per series: the numbers sent and those acknowledged, each in turn. */
      const sent = [0, 0, 0, 0];
      const acknowledged = [0, 0, 0, 0];
      const writer = async (series: number): Promise<void> => {
        while ((sent[series] as number) < writes / sent.length) {
          const first = (sent[series] as number) + 1;
          // Several at a time, in one commit: all of them are in a set, or none.
          const entries = Array.from({ length: 5 }, (_, i) => ({ series: `s${series}`, number: first + i }));
          sent[series] = first + 4;
          const answer = await servers.ask(series, 'Entry?$method=update&$atomic=true', entries);
          assert.equal(answer?.status, 200, JSON.stringify(answer?.json));
          acknowledged[series] = first + 4;
        }
      };
      let over = false;
      const writers = Promise.all(sent.map((_, series) => writer(series))).finally(() => (over = true));
      let sets = 0;
      const reader = async (number: number): Promise<void> => {
        const cookie: Cookie = {};
        while (!over) {
          const least = [...acknowledged];
          const made = await servers.ask(number, 'Entry?$method=entityset&$orderby=ID&$top=0', undefined, cookie);
          assert.equal(made?.status, 200);
          const set = String(made.json['__ENTITYSET']).replace(/^\/rest\//, '');
          // Read by the other process.
          const page = await servers.ask(number + 1, `${set}?$top=100000&$attributes=series,number`, undefined, cookie);
          const most = [...sent];
          checkSet(page?.json as unknown as Page, least, most);
          sets++;
        }
      };
      await Promise.all([writers, reader(0), reader(1)]);
      assert.ok(sets > 2, `${sets} sets`);
    });
  });

function outcomeOf(answer: Answer | undefined): Update['outcome'] {
  if (answer?.status === 200) return 'won';
  if (answer?.status === 409) return 'lost';
  // What cannot be reached has perhaps done its work before.
  assert.ok(answer === undefined || answer.status === 503, JSON.stringify(answer));
  return 'unknown';
}

interface Page {
  readonly __COUNT: number;
  readonly __ENTITIES: readonly { readonly __KEY: string; readonly series: string; readonly number: number }[];
}

/** Every series from 1 on without a gap, to between what was acknowledged before and what was sent by then. */
function checkSet(
  { __COUNT: count, __ENTITIES: entities }: Page,
  least: readonly number[],
  most: readonly number[],
): void {
  assert.equal(entities.length, count);
  assert.equal(new Set(entities.map(({ __KEY: key }) => key)).size, count, 'an entity stands there twice');
  for (const [i, from] of least.entries()) {
    const numbers = entities.filter(({ series }) => series === `s${i}`).map(({ number }) => number);
    assert.deepEqual(numbers.toSorted((a, b) => a - b), Array.from(numbers, (_, at) => at + 1), 'a gap'); // oxfmt-ignore
    assert.ok(numbers.length >= from, `series ${i}: ${numbers.length} of ${from} that were acknowledged before`);
    assert.ok(numbers.length <= (most[i] as number));
    assert.equal(numbers.length % 5, 0, 'part of a save that is all or nothing');
  }
}
