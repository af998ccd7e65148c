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
import { releaseLocks } from './session/locks.ts';
import { flushMs, Sessions } from './session/session.ts';
import { releaseUploads, Uploads } from './session/uploads.ts';
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
  const engine = await openEngine(config.data, model, config);
  const converter = new Converter(config, onEvent);
  const variants = new Variants(config, converter, onEvent);
  const sweepFailed = (cause: unknown): void => onEvent({ kind: 'sweepFailed', cause });
  const sets = new EntitySets(engine, config, now, sweepFailed);
  const uploads = new Uploads(engine, config, now);
  const spool = new Spool(join(config.data, 'spool'));
  const sessions = new Sessions(engine, config, now, [releaseLocks, releaseUploads, sets.releaseSession]);
  const services: Services = { config, engine, converter, variants, sessions, sets, uploads, spool, now };
  const timers = [
    setInterval(() => {
      sessions.sweep().catch(sweepFailed);
      sets.sweep().catch(sweepFailed);
      uploads.sweep().catch(sweepFailed);
    }, sweepMs),
    setInterval(() => void sessions.flush().catch(sweepFailed), flushMs),
  ];
  for (const timer of timers) timer.unref();
  return {
    handle: createHandler(model, services, onEvent),
    services,
    async close() {
      for (const timer of timers) clearInterval(timer);
      await sessions.flush().catch(sweepFailed);
      await sets.flush().catch(sweepFailed);
      await variants.close();
      await converter.close();
      await engine.close();
      spool.close();
    },
  };
}
