// `npm run check`: types, lint and format, in parallel. Says what fails and ends with 1.
import { spawn } from 'node:child_process';

/** Several threads of it look at the same types anew; beside the tests there is no core for them. */
const tsc = ['--singleThreaded', '-p'];

const checks: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
  ['types', 'tsc', [...tsc, '.']],
  ['explorer types', 'tsc', [...tsc, 'explorer']],
  ['lint', 'oxlint', ['--deny-warnings', 'client', 'server', 'explorer', 'examples', 'bench', 'tools']],
  ['format', 'oxfmt', ['--check', '.']],
];

function run(command: string, args: readonly string[]): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(`node_modules/.bin/${command}`, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    child.on('error', (error) => resolve({ ok: false, output: String(error) }));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

export interface Checked {
  /** Every check passes. */
  readonly ok: boolean;
  /** What to tell of it. */
  readonly text: string;
}

export async function check(): Promise<Checked> {
  const results = await Promise.all(
    checks.map(async ([name, command, args]) => ({ name, ...(await run(command, args)) })),
  );
  const text = results.map(({ name, ok, output }) => (ok ? `✔ ${name}` : `✖ ${name}\n${output}`)).join('\n');
  return { ok: results.every(({ ok }) => ok), text };
}

if (import.meta.main) {
  const { ok, text } = await check();
  console.log(text);
  if (!ok) process.exitCode = 1;
}
