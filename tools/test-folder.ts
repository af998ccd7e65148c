// Where the tests keep their data: in memory when there is room, since none of it has to outlast the run.
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const memory = '/dev/shm';
const prefix = 'keystamp-tests-';
/** Bytes that must be free. The whole suite takes a tenth of it at a time, its long version more. */
const room = 8 * 1024 ** 3;

/** Makes the folder and has `os.tmpdir()` name it, here and in all processes below; it goes with this process. */
export function useTestFolder(): void {
  const base = isRoomy(memory) ? memory : tmpdir();
  removeLeftBehind(base);
  const folder = join(base, `${prefix}${process.pid}`);
  mkdirSync(folder);
  // A PostgreSQL that is started by root runs as nobody, and has its data in it.
  chmodSync(folder, 0o755);
  process.env['TMPDIR'] = folder;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
}

function isRoomy(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > room;
}

/** What a run left that was killed. */
function removeLeftBehind(base: string): void {
  for (const name of readdirSync(base)) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : NaN;
    // One of our own number is left behind, too: numbers come again.
    if (pid === process.pid || (pid > 0 && !isAlive(pid))) rmSync(join(base, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
