// Memory of the processes that a server has started.
import { readFileSync } from 'node:fs';

/** Resident memory of the processes that a process has started, bytes; undefined where there is no /proc. */
export function childrenRss(pid: number): number | undefined {
  try {
    const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    const rss = (child: string): number =>
      1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1]);
    return pids.reduce((sum, child) => sum + rss(child), 0);
  } catch {
    return undefined;
  }
}
