// Puts the parts together: settings → model → engine → sessions → images. One of these is one running server core.
import { join } from 'node:path';
import type { Config } from './config.ts';
import type { OnEvent } from './events.ts';
import { createHandler, type Handler } from './handle.ts';
import { Converter } from './image/converter.ts';
import { Variants } from './image/variants.ts';
import type { Model } from './model/model.ts';
import { Spool } from './request/spool.ts';
import type { Services } from './run/context.ts';
import { EntitySets } from './session/entity-sets.ts';
import { Locks } from './session/locks.ts';
import { Sessions } from './session/session.ts';
import { Uploads } from './session/uploads.ts';
import { openEngine } from './store/open.ts';

const sweepMs = 30_000;

export interface Keystamp {
  readonly handle: Handler;
  readonly services: Services;
  /** Ends timers and converters and closes the database; requests must have been answered. */
  close(): Promise<void>;
}

/**
 * Opens the data folder for a model.
 * @param now milliseconds since 1970; tests bring their own clock
 * @throws ModelError when the database cannot follow the model without losing data
 */
export async function openKeystamp(
  model: Model,
  config: Config,
  onEvent: OnEvent,
  now: () => number = Date.now,
): Promise<Keystamp> {
  const engine = await openEngine(config.data, model);
  const converter = new Converter(config, onEvent);
  const variants = new Variants(config, converter, onEvent);
  const sets = new EntitySets(config, now);
  const locks = new Locks();
  const uploads = new Uploads(engine, config, now);
  const spool = new Spool(join(config.data, 'spool'));
  const sweepFailed = (cause: unknown): void => onEvent({ kind: 'sweepFailed', cause });
  const sessions = new Sessions(config, now, (id) => {
    locks.releaseSession(id);
    sets.releaseSession(id);
    uploads.releaseSession(id).catch(sweepFailed);
  });
  const services: Services = { config, engine, converter, variants, sessions, sets, locks, uploads, spool, now };
  const timer = setInterval(() => {
    sessions.sweep();
    sets.sweep();
    uploads.sweep().catch(sweepFailed);
  }, sweepMs);
  timer.unref();
  return {
    handle: createHandler(model, services, onEvent),
    services,
    async close() {
      clearInterval(timer);
      await variants.close();
      await converter.close();
      await engine.close();
      spool.close();
    },
  };
}
