// Following the changes of tracked dataclasses. A reader is nothing but a number, the first one it has not been told: what
// is below the counter is read from the tables, so neither a restart nor a slow reader can lose a change (spec 17 § 3.5).
import { failHttp } from '../errors.ts';
import { isPosition } from '../plan/changes.ts';
import type { ChangesPlan } from '../plan/changes-plan.ts';
import type { Visit } from './context.ts';
import type { ChangeBatch, ChangesOutcome } from './outcome.ts';
import type { Place } from './places.ts';

/** @throws KeystampError 503 when too many follow already */
export async function runChanges(plan: ChangesPlan, visit: Visit): Promise<ChangesOutcome> {
  const { changes, config } = visit.services;
  const { value } = await changes.signal.read();
  // Taken before the answer begins: many may ask in the same moment.
  const place = changes.places.take();
  if (!place)
    throw failHttp(503, `more than ${config.maxChangeReaders} clients follow $changes`, { 'Retry-After': '5' });
  // What a broken connection was told last is newer than what its URL says.
  const last = visit.http.headers['last-event-id'];
  const told = typeof last === 'string' && isPosition(last) ? Number(last) : undefined;
  const start = told ?? plan.since ?? value;
  return { kind: 'changes', follow: (signal) => follow(plan, start, place, visit, signal) };
}

async function* follow(
  plan: ChangesPlan,
  start: number,
  place: Place,
  visit: Visit,
  signal: AbortSignal,
): AsyncGenerator<ChangeBatch, void, undefined> {
  const { changes, config, onEvent } = visit.services;
  place.begin();
  try {
    // The client knows where it stands before anything happens.
    let batch: ChangeBatch = { changes: [], position: start };
    yield batch;
    for (;;) {
      const { position } = batch;
      const { value } = await changes.signal.after(position, config.changesHeartbeatSeconds * 1000, signal);
      // Asked after the wait: whoever has logged out meanwhile is not told what woke the reader.
      if (signal.aborted || !(await visit.isSame())) return;
      batch = value === position ? { changes: [], position } : await changes.next(plan, position, visit.engineNow());
      yield batch;
    }
  } catch (cause) {
    // The head has gone out long ago: the connection ends, and the client comes again.
    onEvent({ kind: 'failed', method: 'GET', url: visit.http.url, cause });
  } finally {
    place.end();
  }
}
