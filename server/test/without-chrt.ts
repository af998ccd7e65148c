// Converters run on time that nobody else wants. Beside other test files there is none: jobs waited for minutes.
import { delimiter, join } from 'node:path';

const folder = join(import.meta.dirname, 'without-chrt');

/** The PATH of whoever runs the tests. */
export const pathOfMachine = (process.env['PATH'] ?? '')
  .split(delimiter)
  .filter((each) => each !== folder)
  .join(delimiter);

/**
 * A PATH whose `chrt` does nothing, so that converters of a process that has it stay among the others. `npm test` has it;
 * what starts servers sets it as well, for files that run alone.
 */
export const pathWithoutChrt = [folder, pathOfMachine].join(delimiter);
