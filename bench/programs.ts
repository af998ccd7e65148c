// The programs of the bench: Keystamp, the ceilings, the load.
import { fileURLToPath } from 'node:url';
import { Child, loadCore, serverCore, type ChildOptions } from './child.ts';
import type { LoadJob, LoadResult } from './load/load-job.ts';
import type { Bench } from './scenario.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const command = here('../server/bin/keystamp.mjs');
const sample = here('./company');
/** The sample's data with numbers of changes, functions, users and roles. */
export const staff = here('./staff');

/** A server and where it listens. */
export interface Server {
  readonly child: Child;
  readonly port: number;
}

/** Keystamp with the sample, or the model of another folder, on the server's core unless told otherwise. */
export async function startKeystamp(
  { data, nodeArgs }: Bench,
  options: ChildOptions = {},
  model = sample,
): Promise<Server> {
  const child = new Child(command, ['serve', model, '--data', data, '--port', '0'], {
    core: serverCore,
    nodeArgs,
    ...options,
    // What is measured is the plain server; a scenario may ask for the sample's roles file.
    env: { KEYSTAMP_LOG: 'warn', KEYSTAMP_ROLES: 'none', ...options.env },
  });
  return { child, port: await child.port() };
}

/** A ceiling that is a server: a file of `ceilings/`, on the server's core. */
export async function startCeiling(name: string, args: readonly string[]): Promise<Server> {
  const child = new Child(here(`./ceilings/${name}.ts`), args, { core: serverCore });
  return { child, port: await child.port() };
}

/** A ceiling that is asked for work itself. */
export const startWorker = (name: string, args: readonly string[], options: ChildOptions): Child =>
  new Child(here(`./ceilings/${name}.ts`), args, options);

export interface Load {
  run(job: LoadJob): Promise<LoadResult>;
  stop(): Promise<void>;
}

/** A load process, on the core of the load unless told otherwise. */
export function startLoad(options: ChildOptions = { core: loadCore }): Load {
  const child = new Child(here('./load/load.ts'), [], options);
  return { run: (job) => child.ask('load', job), stop: () => child.stop() };
}
