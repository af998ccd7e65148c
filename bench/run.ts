// `npm run bench [-- names… --long --only text --profile folder]`: runs the scenarios one after the other and prints one table.
// The exit code is 1 when a goal is missed.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pinning } from './child.ts';
import { printTable } from './print-table.ts';
import { startKeystamp } from './programs.ts';
import type { Bench, Row, Scenario } from './scenario.ts';
import { coldConversion } from './scenarios/cold-conversion.ts';
import { entityByKey } from './scenarios/entity-by-key.ts';
import { functionCall } from './scenarios/function-call.ts';
import { growth } from './scenarios/growth.ts';
import { hotPicture } from './scenarios/hot-picture.ts';
import { largeSets } from './scenarios/large-sets.ts';
import { millionScenario } from './scenarios/million.ts';
import { notModified } from './scenarios/not-modified.ts';
import { pageOf100 } from './scenarios/page-of-100.ts';
import { picturePage } from './scenarios/picture-page.ts';
import { postgres } from './scenarios/postgres.ts';
import { privileges } from './scenarios/privileges.ts';
import { stormLatency } from './scenarios/storm-latency.ts';
import { toldChanges } from './scenarios/told-changes.ts';
import { twoProcesses } from './scenarios/two-processes.ts';

const scenarios = {
  'hot-picture': hotPicture,
  'not-modified': notModified,
  'entity-by-key': entityByKey,
  'page-of-100': pageOf100,
  'function-call': functionCall,
  privileges,
  'cold-conversion': coldConversion,
  'storm-latency': stormLatency,
  'picture-page': picturePage,
  growth,
  'large-sets': largeSets,
  million: millionScenario,
  postgres,
  'told-changes': toldChanges,
  'two-processes': twoProcesses,
} as const satisfies Record<string, Scenario>;

type Name = keyof typeof scenarios;
const isName = (name: string): name is Name => Object.hasOwn(scenarios, name);
const names = Object.keys(scenarios) as readonly Name[];

const { values, positionals } = parseArgs({
  options: { long: { type: 'boolean', default: false }, only: { type: 'string' }, profile: { type: 'string' } },
  allowPositionals: true,
});
const unknown = positionals.find((name) => !isName(name));
if (unknown !== undefined) throw new Error(`there is no scenario ${unknown}; there are ${names.join(', ')}`);
const isLong = (name: Name): boolean => (scenarios[name] as Scenario).long ?? false;
const asked =
  positionals.length > 0 ? positionals.filter(isName) : names.filter((name) => values.long || !isLong(name));

const folder = mkdtempSync(join(tmpdir(), 'keystamp-bench-'));
const wants = (name: string): boolean => name.includes(values.only ?? '');
const tell = (text: string): void => console.error(text);
const nodeArgs = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(values.profile)}`];

try {
  const data = join(folder, 'data');
  tell('loading the sample');
  const seeding = await startKeystamp({ data, scratch: folder, nodeArgs: [], tell, wants });
  await seeding.child.stop();

  const rows: Row[] = [];
  for (const name of asked) {
    tell(`${name} …`);
    const scratch = join(folder, name);
    mkdirSync(scratch);
    const bench: Bench = { data, scratch, nodeArgs, tell, wants };
    rows.push(...(await scenarios[name].run(bench)));
  }
  console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, ${pinning}\n`);
  console.log(printTable(rows));
  if (rows.some(({ reached }) => !reached)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
