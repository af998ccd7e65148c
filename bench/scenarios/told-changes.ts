// What it costs saves that PostgreSQL tells of changes: entities of a tracked class are created with the trigger that
// notifies, with it and somebody who follows the feed, and without it.
import pg from 'pg';
import { startPostgres } from '../../tools/embedded-postgres.ts';
import { staff, startKeystamp, startLoad } from '../programs.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';
import { median, perSecond, rangeOf } from '../statistics.ts';
import { creates } from './two-processes.ts';

const rounds = 3;
const seconds = 2;

async function run(bench: Bench): Promise<readonly Row[]> {
  const database = await startPostgres({ durable: true });
  const load = startLoad();
  const client = new pg.Client({ connectionString: database.url });
  try {
    const env = { KEYSTAMP_DATABASE: database.url };
    const { child, port } = await startKeystamp({ ...bench, data: bench.scratch }, { env }, staff);
    await client.connect();
    const rate = async (tells: boolean): Promise<number> => {
      const word = tells ? 'ENABLE' : 'DISABLE';
      await client.query(`ALTER TABLE keystamp_global_stamp ${word} TRIGGER keystamp_tell`);
      const done = await load.run({ ...creates, port, seconds });
      return done.requests / done.seconds;
    };
    const followed = async (): Promise<number> => {
      const control = new AbortController();
      const feed = await fetch(`http://127.0.0.1:${port}/rest/$changes`, { signal: control.signal });
      const reading = feed.body!.pipeTo(new WritableStream()).catch(() => {});
      try {
        return await rate(true);
      } finally {
        control.abort();
        await reading;
      }
    };
    const turns: (readonly [told: number, heard: number, silent: number])[] = [];
    await rate(true);
    for (let i = 0; i < rounds; i++) turns.push([await rate(true), await followed(), await rate(false)]);
    await child.stop();
    const row = (scenario: string, side: 0 | 1): Row => {
      const ratios = turns.map((turn) => turn[side] / turn[2]);
      return {
        scenario,
        goal: 'told',
        measured: median(ratios).toFixed(2),
        range: rangeOf(ratios),
        keystamp: perSecond(median(turns.map((turn) => turn[side]))),
        ceiling: perSecond(median(turns.map((turn) => turn[2]))),
        reached: true,
        note: 'the ceiling is the same without telling',
      };
    };
    return [row('told-changes: nobody listens', 0), row('told-changes: the feed is followed', 1)];
  } finally {
    await client.end();
    await load.stop();
    await database.stop();
  }
}

export const toldChanges: Scenario = { run };
