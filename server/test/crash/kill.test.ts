// `kill -9` under load on SQLite.
import { test } from 'node:test';
import { killLoop } from './kill-loop.ts';

const kills = process.env['KEYSTAMP_LONG'] === '1' ? 50 : 5;
const seed = Number(process.env['KEYSTAMP_SEED'] ?? 1);

test(`what was acknowledged survives ${kills} times kill -9, seed ${seed}`, (t) => killLoop(t, kills, seed));
