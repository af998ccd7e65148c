// An office that is open: requests go straight to `handle`, the clock is the caller's.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { readConfig } from '../../src/config.ts';
import { openKeystamp, type Keystamp } from '../../src/keystamp.ts';
import type { Model } from '../../src/model/model.ts';
import type { SeedEntity } from '../../src/model/seed.ts';
import { sow } from '../../src/orm/sow.ts';
import type { HttpReply } from '../../src/reply/http-reply.ts';
import type { Roles } from '../../src/session/roles.ts';
import { pathWithoutChrt } from '../without-chrt.ts';
import { model, officeEntities, officeRoles, type Hidden } from './office.ts';

process.env['PATH'] = pathWithoutChrt;

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Office {
  readonly keystamp: Keystamp;
  /** Faults of the server so far. */
  readonly faults: unknown[];
  ask(request: Asked, cookie?: string): Promise<HttpReply>;
  /** The cookie of a new session with that role. */
  logIn(role: string): Promise<string>;
  close(): Promise<void>;
}

/** Commits are many and nothing has to last. */
const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export const openOffice = (hidden: Hidden, now: () => number): Promise<Office> =>
  openServer({ model, roles: officeRoles(), entities: () => officeEntities(hidden) }, now);

export interface Served {
  readonly model: Model;
  readonly roles: Roles;
  entities(): AsyncIterable<SeedEntity>;
}

export async function openServer({ model, roles, entities }: Served, now: () => number): Promise<Office> {
  const data = mkdtempSync(join(base, 'keystamp-office-'));
  const faults: unknown[] = [];
  const config = readConfig({ data, converters: 1, conversionSeconds: 120, queryProcesses: 1 });
  const keystamp = await openKeystamp(
    model,
    config,
    (event) => {
      if (event.kind === 'failed' || event.kind === 'sweepFailed') faults.push(event.cause);
    },
    now,
    () => roles,
  );
  await sow({ total: 0, entities }, model, join(data, 'seed'), keystamp.services, () => undefined);
  const ask: Office['ask'] = ({ method, url, body, headers = {} }, cookie) =>
    keystamp.handle({
      method,
      url,
      headers: { ...headers, ...(cookie !== undefined && { cookie }) },
      body: Readable.from(body === undefined ? [] : [Buffer.from(body)]),
      remoteAddress: '127.0.0.1',
      secure: false,
    });
  return {
    keystamp,
    faults,
    ask,
    async logIn(role) {
      const { status, headers } = await ask({
        method: 'POST',
        url: '/rest/$directory/login',
        body: JSON.stringify([role, 'x']),
      });
      if (status !== 200) throw new Error(`No login as ${role}: ${status}`);
      return String(headers['Set-Cookie']).split(';')[0] as string;
    },
    async close() {
      await keystamp.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
}
