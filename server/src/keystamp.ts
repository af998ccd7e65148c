// Puts the parts together: settings → model → engine → sessions → images, for one model or several.
import { join } from 'node:path';
import type { Config } from './config.ts';
import type { OnEvent } from './events.ts';
import { createHandler, type Handler, type Served } from './handle.ts';
import { Converter } from './image/converter.ts';
import { Variants } from './image/variants.ts';
import { ModelError } from './model/model-error.ts';
import type { Model } from './model/model.ts';
import { opening, type Opened } from './opened.ts';
import { Spool } from './request/spool.ts';
import { ChangeFeed } from './run/change-feed.ts';
import type { Services } from './run/context.ts';
import { ApiKeys } from './session/api-keys.ts';
import { EntitySets } from './session/entity-sets.ts';
import { LoginAttempts } from './session/login-attempts.ts';
import { releaseLocks } from './session/locks.ts';
import { remindOfPublicCopies } from './session/public-copies.ts';
import { Roles } from './session/roles.ts';
import { SessionCookie } from './session/session-cookie.ts';
import { flushMs } from './session/session-life.ts';
import { Sessions } from './session/sessions.ts';
import { releaseUploads, Uploads } from './session/uploads.ts';
import { rememberUsualHash } from './session/usual-hash.ts';
import { isTracking, sweepDeletions } from './store/global-stamps.ts';
import { ChangeSignal } from './store/change-signal.ts';
import { openEngine } from './store/open.ts';

const sweepMs = 30_000;
const dayMs = 24 * 60 * 60 * 1000;

/** The privileges and roles in force for a model. */
export type RolesOf = (model: Model) => Roles;

const openToAll: RolesOf = () => new Roles();

/** A served model with its database. */
export type Part = Served;

export interface Keystamp {
  readonly handle: Handler;
  /** Of the first model. */
  readonly services: Services;
  /** One for each model, in their order. */
  readonly parts: readonly Part[];
  /** Ends timers and converters and closes the databases; requests must have been answered. */
  close(): Promise<void>;
}

/**
 * Opens the data folder for a model.
 * @param now milliseconds since 1970; tests bring their own clock
 * @param rolesOf who may do what; absent: nothing is protected
 * @throws ModelError when the database cannot follow the model without losing data
 */
export async function openKeystamp(
  model: Model,
  config: Config,
  onEvent: OnEvent,
  now: () => number = Date.now,
  rolesOf: RolesOf = openToAll,
): Promise<Keystamp> {
  return opening(async (opened) => {
    const part = await openPart({ model, roles: rolesOf(model), config, cookieSuffix: '', onEvent, now }, opened);
    return together([part], config, onEvent, opened);
  });
}

/**
 * Opens several models: the first one stands at the root, every one under its name (spec 01 § 2.3). Each has its data in
 * a folder of its name inside the data folder, or its tables in a schema of its name, and sessions of its own.
 * @throws ModelError when two have the same name, or one that cannot be a folder, and as openKeystamp
 */
export async function openKeystamps(
  models: readonly Model[],
  config: Config,
  onEvent: OnEvent,
  now: () => number = Date.now,
  rolesOf: RolesOf = openToAll,
): Promise<Keystamp> {
  const wrong = models.filter(({ name }, i) => !nameRule.test(name) || models.findIndex((m) => m.name === name) < i);
  if (wrong.length > 0)
    throw new ModelError(
      wrong.map(
        ({ name }) => `${name}: models that are served together need names of their own, of letters, digits, _ and -`,
      ),
    );
  return opening(async (opened) => {
    const parts: Part[] = [];
    for (const [i, model] of models.entries()) {
      const own = {
        config: { ...config, data: join(config.data, model.name) },
        cookieSuffix: i === 0 ? '' : `_${model.name}`,
        schema: model.name,
      };
      parts.push(await openPart({ model, roles: rolesOf(model), ...own, onEvent, now }, opened));
    }
    return together(parts, config, onEvent, opened);
  });
}

const nameRule = /^[A-Za-z][\w-]{0,63}$/;

const together = (parts: readonly Part[], config: Config, onEvent: OnEvent, opened: Opened): Keystamp => ({
  handle: createHandler(parts, config, onEvent),
  services: (parts[0] as Part).services,
  parts,
  close: () => opened.close(),
});

interface PartOptions {
  readonly model: Model;
  readonly roles: Roles;
  /** With the data folder of this model alone. */
  readonly config: Config;
  /** Tells the session cookies of models that are served together apart. */
  readonly cookieSuffix: string;
  /** Keeps their tables apart on one database server. */
  readonly schema?: string;
  readonly onEvent: OnEvent;
  readonly now: () => number;
}

/** @throws ModelError when the database cannot follow the model without losing data */
async function openPart(
  { model, roles, config, cookieSuffix, schema, onEvent, now }: PartOptions,
  opened: Opened,
): Promise<Part> {
  let closing = false;
  // What a stop cuts short is done after the next start.
  const sweepFailed = (cause: unknown): void => {
    if (!closing) onEvent({ kind: 'sweepFailed', cause });
  };
  const engine = await openEngine(config, model, schema);
  opened.add(() => engine.close());
  const spool = new Spool(join(config.data, 'spool'));
  opened.add(() => spool.close());
  const converter = new Converter(config, onEvent);
  opened.add(() => converter.close());
  const variants = new Variants(config, converter, onEvent);
  opened.add(() => variants.close());
  const sets = new EntitySets(engine, config, now, sweepFailed);
  const uploads = new Uploads(engine, config, now);
  const cookie = new SessionCookie(config, model.name, cookieSuffix);
  const sessions = new Sessions(engine, config, now, cookie, [releaseLocks, releaseUploads, sets.releaseSession]);
  opened.add(async () => {
    await sessions.flush().catch(sweepFailed);
    await sets.flush().catch(sweepFailed);
    closing = true;
  });
  const attempts = new LoginAttempts(engine, config.loginAttempts, now);
  const signal = new ChangeSignal(engine, config.changesPollMs);
  opened.add(() => signal.close());
  const changes = new ChangeFeed(signal, config);
  const services: Services = {
    config,
    model,
    attempts,
    keys: new ApiKeys(engine, now, sessions.keys),
    engine,
    roles,
    converter,
    variants,
    sessions,
    sets,
    uploads,
    changes,
    spool,
    now,
    onEvent,
  };
  const forgetDeletions = async (): Promise<void> => {
    if (config.deletedRecordsDays === 0 || !isTracking(model)) return;
    await sweepDeletions(engine, new Date(now() - config.deletedRecordsDays * dayMs).toISOString());
  };
  const guest = (roles.forceLogin ?? config.forceLogin) ? undefined : roles.guest;
  await remindOfPublicCopies(model, guest, engine, onEvent);
  opened.add(await rememberUsualHash(engine, sweepFailed));
  const timers = [
    setInterval(() => {
      sessions.sweep().catch(sweepFailed);
      sets.sweep().catch(sweepFailed);
      uploads.sweep().catch(sweepFailed);
      forgetDeletions().catch(sweepFailed);
    }, sweepMs),
    setInterval(() => void sessions.flush().catch(sweepFailed), flushMs),
  ];
  for (const timer of timers) {
    timer.unref();
    opened.add(() => clearInterval(timer));
  }
  return { model, services };
}
