// Loaded before a test file by `npm test -- --times`: writes down what the file's process and its children took.
import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { timesOfChildren } from './times-of-children.ts';

/** Says where to, and which process runs the files: children of the files count as theirs. */
const { KEYSTAMP_TIMES: to, KEYSTAMP_TIMES_OF: runner } = process.env;

if (to !== undefined && isMainThread && String(process.ppid) === runner)
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    const [childUser, childSystem] = timesOfChildren();
    const line = {
      file: process.argv[1],
      user: userCPUTime / 1e6 + childUser,
      system: systemCPUTime / 1e6 + childSystem,
      wall: process.uptime(),
      megabytes: maxRSS / 1024,
    };
    appendFileSync(to, `${JSON.stringify(line)}\n`);
  });
