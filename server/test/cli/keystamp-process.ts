// The command as a process of its own, seen from outside: its output, its exit, its port.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { command } from '../command.ts';
import { pathWithoutChrt } from '../without-chrt.ts';

export interface Ended {
  /** Exit code; null when a signal ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface KeystampProcess {
  /** `http://127.0.0.1:41234/rest`, once the server listens; fails when the process ends before. */
  readonly url: Promise<string>;
  readonly ended: Promise<Ended>;
  /** Waits until what it has printed, on standard output and then on standard error, matches. */
  readonly printed: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly pid: number;
}

const running = new Set<KeystampProcess>();

/**
 * Starts `keystamp ARGS…`.
 * @param env variables beside those of a clean environment
 */
export function keystamp(args: readonly string[], env: Readonly<Record<string, string>> = {}): KeystampProcess {
  const child = spawn(process.execPath, ['--conditions=keystamp-source', command, ...args], {
    env: { PATH: pathWithoutChrt, NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  const { promise: url, resolve, reject } = Promise.withResolvers<string>();
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      const served = /^Keystamp serves (\S+)\n/m.exec(output.stdout);
      if (served) resolve(served[1] as string);
    });
  const ended = once(child, 'close').then(([code]): Ended => {
    running.delete(started);
    reject(new Error(`keystamp ended with ${String(code)}\n${output.stdout}\n${output.stderr}`));
    return { code: code as number | null, ...output };
  });
  // Who does not wait for the server does not care that it never listened.
  url.catch(() => undefined);
  const printed = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = pattern.exec(`${output.stdout}\n${output.stderr}`);
      if (found) return found;
      await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), ended.then(() => Promise.reject(new Error(`${String(pattern)} was not printed\n${output.stdout}\n${output.stderr}`)))]); // oxfmt-ignore
    }
  };
  const started: KeystampProcess = {
    url,
    ended,
    printed,
    kill: (signal) => void child.kill(signal),
    pid: child.pid ?? 0,
  };
  running.add(started);
  return started;
}

/** Ends what a failed test left behind. */
export async function endAll(): Promise<void> {
  const left = [...running];
  for (const { kill } of left) kill('SIGKILL');
  await Promise.all(left.map(({ ended }) => ended));
}
