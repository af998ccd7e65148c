// Converters run on time that nobody else wants. Beside other test files there is none: jobs waited for minutes.
import { delimiter, join } from 'node:path';

/** A PATH whose `chrt` does nothing, so that converters of a process that has it stay among the others. */
export const pathWithoutChrt = [join(import.meta.dirname, 'without-chrt'), process.env['PATH']].join(delimiter);
