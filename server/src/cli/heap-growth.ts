// How often the server's whole heap is collected.
import { setFlagsFromString } from 'node:v8';

/** What the heap may grow by until it is collected as a whole, in percent of what was left after the last time. */
const percent = 200;

/**
 * For a process that answers requests. Each answer is a buffer that lives for a moment, but until a young collection finds
 * it gone it counts as memory that is kept: a heap of 30 MB was collected as a whole every few hundred pages, which
 * took a quarter of the processor. Memory that the server takes in return: twice its heap at most.
 */
export function collectHeapLessOften(): void {
  setFlagsFromString(`--heap-growing-percent=${percent}`);
}
