// The command that tests start as a process of its own.
import { join } from 'node:path';

/** `npm test` bundles it for all files, since it starts in half the time; a file that runs alone takes the sources. */
export const command = process.env['KEYSTAMP_TEST_COMMAND'] ?? join(import.meta.dirname, '../bin/keystamp.mjs');
