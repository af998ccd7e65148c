// `npm run check`: types, lint and format, in parallel. Says what fails and ends with 1.
import { spawn } from 'node:child_process';

const checks: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
  ['types', 'tsc', ['-p', '.']],
  ['explorer types', 'tsc', ['-p', 'explorer']],
  ['lint', 'oxlint', ['--deny-warnings', 'client', 'server', 'explorer', 'examples', 'bench', 'tools']],
  ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
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

/** True when every check passes. */
export async function check(): Promise<boolean> {
  const results = await Promise.all(
    checks.map(async ([name, command, args]) => ({ name, ...(await run(command, args)) })),
  );
  for (const { name, ok, output } of results) console.log(ok ? `✔ ${name}` : `✖ ${name}\n${output}`);
  return results.every(({ ok }) => ok);
}

if (import.meta.main && !(await check())) process.exitCode = 1;
