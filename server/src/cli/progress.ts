// Progress of long work: a bar on a terminal, a line now and then elsewhere.
import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  readonly update: (done: number) => void;
  readonly stop: () => void;
}

/**
 * The bars of several steps, one after the other, each begun with the first progress that is told of it.
 * @param names what each step is called
 */
export function progressSteps<Step extends string>(
  names: Readonly<Record<Step, string>>,
): { readonly step: (step: Step) => (done: number, total: number) => void; readonly stop: () => void } {
  let bar: Progress | undefined;
  let running: Step | undefined;
  const stop = (): void => {
    bar?.stop();
    bar = undefined;
  };
  return {
    step: (step) => (done, total) => {
      if (running !== step) {
        stop();
        bar = progressBar(names[step], total);
        running = step;
      }
      bar?.update(done);
    },
    stop,
  };
}

export function progressBar(what: string, total: number): Progress {
  const bar = new SingleBar(
    {
      format: `${what} [{bar}] {value}/{total}  {duration_formatted}`,
      stream: process.stderr,
      noTTYOutput: true,
      notTTYSchedule: 2000,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  return { update: (done) => bar.update(done), stop: () => bar.stop() };
}
