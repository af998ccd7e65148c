// `kill -9` under load on PostgreSQL: of the server, of the database, of both at once.
import { test } from 'node:test';
import { startPostgres } from '../../../tools/embedded-postgres.ts';
import { killLoop } from './kill-loop.ts';

const kills = process.env['KEYSTAMP_LONG'] === '1' ? 50 : 5;
const seed = Number(process.env['KEYSTAMP_SEED'] ?? 1);

test(`what was acknowledged survives ${kills} kills of server and database, seed ${seed}`, async (t) => {
  const database = await startPostgres({ durable: true });
  t.after(() => database.stop());
  await killLoop(t, kills, seed, database);
});
