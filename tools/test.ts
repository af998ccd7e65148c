// `npm test`: the checks and every test of the repository; the last line counts them. `--long` runs the long versions
// of the random and crash tests as well, `--times` says what each file took. Names of files or folders given after it
// run those alone.
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { pathWithoutChrt } from '../server/test/without-chrt.ts';
import { check } from './check.ts';
import { startPostgres } from './embedded-postgres.ts';
import { shareProcesses } from './shared-processes.ts';
import { useTestFolder } from './test-folder.ts';
import { Times } from './times.ts';

const { values, positionals } = readArguments();
if (values.long) process.env['KEYSTAMP_LONG'] = '1';

const asked = positionals.flatMap((name) => (name.endsWith('.ts') ? [name] : [`${name}/**/*.test.ts`]));
const files = globSync(
  asked.length > 0
    ? asked
    : [
        'client/test/**/*.test.ts',
        'server/test/**/*.test.ts',
        'explorer/test/**/*.test.ts',
        'examples/**/*.test.ts',
        'bench/**/*.test.ts',
      ],
);

/**
 * Those that take longest come first: were one of them the last, a core would wait for it. `--times` tells. A file that is
 * named here has a process of its own.
 */
const longest = [
  'server/test/wire/postgres.test.ts',
  'explorer/test/explorer.test.ts',
  'server/test/cli/serve.test.ts',
  'server/test/wire/wire.test.ts',
  'server/test/caching/random-walk.test.ts',
  'server/test/crash/postgres.test.ts',
  'server/test/cli/exchange.test.ts',
  'server/test/access/nothing-leaks.test.ts',
  'server/test/unit/query/sql-agrees.test.ts',
  'server/test/orm',
  'server/test/unit/image/converter-process.test.ts',
  'server/test/cli/workers.test.ts',
  'server/test/crash/kill.test.ts',
  'server/test/cli/roles.test.ts',
  'server/test/histories/histories.test.ts',
  'server/test/cli/keeping.test.ts',
  'server/test/crash/postgres-faults.test.ts',
  'server/test/sync',
  'server/test/unit/store',
  'server/test/crash/full-disk.test.ts',
  'client/test',
  'server/test/clients',
  'server/test/unit/store/slow-lane.test.ts',
  'server/test/unit/store/postgres-engine.test.ts',
];

/** Databases of a PostgreSQL that are made and dropped by the hundred, and are small: nothing is tidied or written early. */
const shortLived = {
  autovacuum: 'off',
  wal_level: 'minimal',
  max_wal_senders: 0,
  max_wal_size: '4GB',
  checkpoint_timeout: '1h',
  bgwriter_lru_maxpages: 0,
  shared_buffers: '32MB',
};

useTestFolder();
process.env['PATH'] = pathWithoutChrt;
const checking = asked.length > 0 ? undefined : check();
// For a few files it would take longer than it saves.
if (files.length > 4) process.env['KEYSTAMP_TEST_COMMAND'] = bundledCommand();
const times = values.times ? new Times() : undefined;
// One server for all files that want one.
const wantsPostgres = files.some((file) => readFileSync(file, 'utf8').toLowerCase().includes('postgres'));
const postgres = wantsPostgres ? await startPostgres({ settings: shortLived }) : undefined;
if (postgres) process.env['KEYSTAMP_TEST_POSTGRES'] = postgres.url;

let passed = 0;
let failed = 0;
let skipped = 0;

const stream = run({
  files: shareProcesses(files.toSorted(), longest),
  // Two more than there are cores: each waits for half of its time, for its servers or for a time to pass.
  concurrency: Math.max(2, availableParallelism()) + 2,
  // Of a file. None takes two minutes, but where others work on the same machine it may take many times as long.
  timeout: values.long ? 3_600_000 : 1_200_000,
  // What a failed test left open does not hold up the run.
  forceExit: true,
  execArgv: [
    '--conditions=keystamp-source',
    `--import=${join(import.meta.dirname, 'plain-promises.ts')}`,
    ...(times ? times.execArgv : []),
  ],
});
stream.on('test:summary', ({ file, counts }) => {
  if (file !== undefined) return;
  passed = counts.passed;
  failed = counts.tests - counts.passed - counts.skipped - counts.todo;
  skipped = counts.skipped + counts.todo;
});
stream.compose(spec).pipe(process.stdout, { end: false });
stream.on('end', () => {
  setImmediate(async () => {
    await postgres?.stop();
    times?.print();
    const checked = await checking;
    if (checked) console.log(checked.text);
    if (checked?.ok === false) failed++;
    if (failed > 0 || passed === 0) process.exitCode = 1;
    console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  });
});

/** Made by a process of its own: what a bundler takes, this one would go on with. */
function bundledCommand(): string {
  return execFileSync(process.execPath, [join(import.meta.dirname, 'bundle-command.ts')], { encoding: 'utf8' }).trim();
}

function readArguments(): { values: { long: boolean; times: boolean }; positionals: readonly string[] } {
  const names = process.argv.slice(2);
  const values = { long: names.includes('--long'), times: names.includes('--times') };
  return { values, positionals: names.filter((name) => !name.startsWith('--')) };
}
