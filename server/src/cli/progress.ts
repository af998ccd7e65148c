// Progress of long work: a bar on a terminal, a line now and then elsewhere.
import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  readonly update: (done: number) => void;
  readonly stop: () => void;
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
