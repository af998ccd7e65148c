// `npm test`: the checks, then every test of the repository; the last line counts them. `--long` runs the long versions
// of the random and crash tests as well. Names of files or folders given after it run those alone.
import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { check } from './check.ts';
import { startPostgres } from './embedded-postgres.ts';

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

const checked = asked.length > 0 || (await check());
// One server for all files that want one.
const wantsPostgres = files.some((file) => readFileSync(file, 'utf8').toLowerCase().includes('postgres'));
const postgres = wantsPostgres ? await startPostgres() : undefined;
if (postgres) process.env['KEYSTAMP_TEST_POSTGRES'] = postgres.url;

let passed = 0;
let failed = 0;
let skipped = 0;

const stream = run({
  files: files.toSorted(),
  concurrency: Math.max(2, availableParallelism()),
  timeout: values.long ? 3_600_000 : 300_000,
  // What a failed test left open does not hold up the run.
  forceExit: true,
  execArgv: ['--conditions=keystamp-source'],
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
    if (!checked) failed++;
    if (failed > 0 || passed === 0) process.exitCode = 1;
    console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  });
});

function readArguments(): { values: { long: boolean }; positionals: readonly string[] } {
  const names = process.argv.slice(2);
  return { values: { long: names.includes('--long') }, positionals: names.filter((name) => !name.startsWith('--')) };
}
