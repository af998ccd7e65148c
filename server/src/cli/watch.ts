// `keystamp serve --watch`: the server in a process of its own, which starts again when a file of a model changes.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { messageOf } from '../errors.ts';
import { stopSignal } from './stop-signal.ts';
import { WatchedFiles } from './watched-files.ts';

const flag = '--watch';
/** Set for the process that is watched. */
const mark = 'KEYSTAMP_WATCHED';

/** Editors write a file in several steps. */
const settleMs = 100;

/** Whether this process was started by one that watches the files of its models. */
export const isWatched = (): boolean => process.env[mark] === '1' && process.send !== undefined;

/** For such a process: tells what it is made of. */
export const tellSources = (files: readonly string[]): void => void process.send?.({ kind: 'keystamp:sources', files });

const sourcesIn = (message: unknown): readonly string[] =>
  typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'keystamp:sources'
    ? (message as unknown as { readonly files: readonly string[] }).files
    : [];

/**
 * Runs the command that was given without its flag, again and again, until told to stop. A process that ended by itself,
 * over a fault in the model for instance, is started again with the next change.
 * @param paths of the models
 * @param roles the roles file, where it is not beside a model
 */
export async function serveWatching(paths: readonly string[], roles: string): Promise<void> {
  const signalled = stopSignal();
  let stopping = false;
  let isChanged = false;
  let timer: NodeJS.Timeout | undefined;
  let child: ChildProcess | undefined;

  const start = (): void => {
    isChanged = false;
    clearTimeout(timer);
    child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1).filter((arg) => arg !== flag)], {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, [mark]: '1' },
    });
    child.on('message', (message) => files.add(sourcesIn(message)));
    child.once('exit', (code) => {
      child = undefined;
      if (stopping) return;
      if (isChanged) start();
      else console.error(`Ended with ${code ?? 'a signal'}; starts again when a file of the model changes.`);
    });
  };
  const files = new WatchedFiles(
    () => {
      isChanged = true;
      clearTimeout(timer);
      timer = setTimeout(() => (child ? void child.kill('SIGTERM') : start()), settleMs);
    },
    (folder, cause) => console.error(`${folder} cannot be watched: ${messageOf(cause)}`),
  );
  files.add([...paths.flatMap(filesOf), ...(roles === '' ? [] : [resolve(roles)])]);
  start();

  const signal = await signalled;
  stopping = true;
  clearTimeout(timer);
  files.close();
  if (child) {
    const ended = new Promise((done) => child?.once('exit', done));
    child.kill(signal as NodeJS.Signals);
    await ended;
  }
}

/** What a model may consist of before anything of it is loaded, whether it is there already or not. */
function filesOf(path: string): readonly string[] {
  const full = resolve(path);
  const isFolder = existsSync(full) && statSync(full).isDirectory();
  const folder = isFolder ? full : dirname(full);
  return [
    ...(isFolder ? ['model.ts', 'seed.ts'].map((name) => join(folder, name)) : [full]),
    join(folder, 'roles.json'),
  ];
}
