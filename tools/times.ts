// `npm test -- --times`: what each test file took, the dearest first.
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { sharedFolder } from './shared-processes.ts';
import { timesOfChildren } from './times-of-children.ts';

interface Taken {
  readonly file: string;
  /** Seconds, of the file's process and of its children; those of the common PostgreSQL are not among them. */
  readonly user: number;
  readonly system: number;
  readonly wall: number;
  /** Of the file's process, at most. */
  readonly megabytes: number;
}

const columns = ['user', 'system', 'wall', 'megabytes'] as const;

/** Has each test file write down what it took. */
export class Times {
  readonly #file = join(tmpdir(), `keystamp-times-${process.pid}`);
  readonly #before = timesOfChildren();

  constructor() {
    process.env['KEYSTAMP_TIMES'] = this.#file;
    process.env['KEYSTAMP_TIMES_OF'] = String(process.pid);
  }

  /** For the processes of test files. */
  readonly execArgv: readonly string[] = [`--import=${join(import.meta.dirname, 'count-times.ts')}`];

  /** To be called when all processes of the run have ended: what no file took is that of the PostgreSQL they share. */
  print(): void {
    const lines = existsSync(this.#file) ? readFileSync(this.#file, 'utf8').split('\n').filter(Boolean) : [];
    const taken = lines.map((line) => JSON.parse(line) as Taken);
    const sum = (column: (typeof columns)[number]): number => taken.reduce((so, each) => so + each[column], 0);
    const [user, system] = timesOfChildren();
    const own = { user: user - this.#before[0], system: system - this.#before[1] };
    const shared = { user: own.user - sum('user'), system: own.system - sum('system') };
    const all = {
      file: 'in all',
      ...own,
      wall: sum('wall'),
      megabytes: Math.max(0, ...taken.map((each) => each.megabytes)),
    };
    console.log('    CPU   user system   wall    MB');
    for (const { file, wall, megabytes, ...cpu } of [
      ...[...taken, { file: 'the PostgreSQL of all files', ...shared, wall: 0, megabytes: 0 }].toSorted(
        (a, b) => b.user + b.system - a.user - a.system,
      ),
      all,
    ]) {
      const seconds = [cpu.user + cpu.system, cpu.user, cpu.system, wall].map((n) => n.toFixed(1).padStart(7)).join('');
      console.log(
        `${seconds}${megabytes.toFixed(0).padStart(6)}  ${relative(file.startsWith(sharedFolder()) ? sharedFolder() : '', file)}`,
      );
    }
  }
}
