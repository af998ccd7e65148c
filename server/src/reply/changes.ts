// The changes of tracked dataclasses as server-sent events. The id of an event is the number to go on with after it.
import type { Change, ChangeBatch, ChangesOutcome } from '../run/outcome.ts';
import type { HttpReply } from './http-reply.ts';
import { noSniff } from './json.ts';

export const replyChanges = ({ follow }: ChangesOutcome): HttpReply => ({
  status: 200,
  headers: {
    'Content-Type': 'text/event-stream; charset=UTF-8',
    ...noSniff,
    'Cache-Control': 'no-store',
    // Proxies would collect events otherwise.
    'X-Accel-Buffering': 'no',
  },
  async *stream(signal) {
    for await (const batch of follow(signal)) yield printBatch(batch);
  },
});

/** A comment where there is nothing to tell; an id of its own where others were told what happened before it. */
function printBatch({ changes, position }: ChangeBatch): string {
  const events = changes.map((change, i) => {
    // Of several changes with one number, the last one alone may be gone on from.
    const isLast = changes[i + 1]?.number !== change.number;
    return `${isLast ? `id: ${change.number + 1}\n` : ''}data: ${printChange(change)}\n\n`;
  });
  const told = (changes.at(-1)?.number ?? -1) + 1;
  return told === position ? events.join('') : `${events.join('')}: \nid: ${position}\n\n`;
}

function printChange(change: Change): string {
  switch (change.kind) {
    case 'saved':
      return JSON.stringify({ kind: 'saved', __DATACLASS: change.dataClass, ...change.entity });
    case 'deleted': {
      const { dataClass, key, number } = change;
      return JSON.stringify({ kind: 'deleted', __DATACLASS: dataClass, __KEY: key, __GlobalStamp: number });
    }
    case 'reload':
      return JSON.stringify({
        kind: 'reload',
        ...(change.dataClass !== undefined && { __DATACLASS: change.dataClass }),
        __GlobalStamp: change.number,
      });
    default:
      return change satisfies never;
  }
}
