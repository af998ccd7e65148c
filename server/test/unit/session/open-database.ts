// A database of a test: any number of engines over one folder stand for so many processes, and a clock that obeys.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, type Config } from '../../../src/config.ts';
import { buildModel } from '../../../src/model/load.ts';
import type { DataClassDef } from '../../../src/model/model.ts';
import { releaseLocks } from '../../../src/session/locks.ts';
import { SessionCookie } from '../../../src/session/session-cookie.ts';
import type { Ticket } from '../../../src/session/session.ts';
import { Sessions } from '../../../src/session/sessions.ts';
import type { Engine } from '../../../src/store/engine.ts';
import { openEngine } from '../../../src/store/open.ts';

const model = buildModel({
  dataClasses: {
    Note: { attributes: { code: { type: 'string', primKey: true } } },
    Page: { attributes: { book: { type: 'string', primKey: true }, part: { type: 'string', primKey: true } } },
  },
});

export const dataClass = (name: 'Note' | 'Page'): DataClassDef => model.dataClasses.get(name) as DataClassDef;

/** What one process has. */
export interface Process {
  readonly engine: Engine;
  readonly sessions: Sessions;
  /** Sessions that were ended here, in order. */
  readonly ended: string[];
}

export class TestDatabase {
  /** Milliseconds since 1970. */
  now = Date.UTC(2025, 5, 1, 9);
  readonly config: Config;
  readonly #folder = mkdtempSync(join(tmpdir(), 'keystamp-session-'));
  readonly #engines: Engine[] = [];

  /** @param settings rows of config.ts */
  constructor(settings: Partial<Config> = {}) {
    this.config = readConfig({ data: this.#folder, ...settings });
  }

  async start(): Promise<Process> {
    const engine = await openEngine(readConfig({ data: this.#folder }), model);
    this.#engines.push(engine);
    const ended: string[] = [];
    const sessions = new Sessions(engine, this.config, () => this.now, new SessionCookie(this.config, 'notes', ''), [
      releaseLocks,
      async (_tx, id) => void ended.push(id),
    ]);
    return { engine, sessions, ended };
  }

  async close(): Promise<void> {
    for (const engine of this.#engines) await engine.close();
    rmSync(this.#folder, { recursive: true });
  }
}

/** The header of a client that was given this session. */
export const cookieOf = ({ secret }: Pick<Ticket, 'secret'>): string => `WASID4D=${secret}`;

/** A client's hold on a new session whose row is on disk. */
export async function createSession(sessions: Sessions): Promise<Ticket> {
  const ticket = sessions.create();
  await ticket.session.stored;
  return ticket;
}

export const second = 1000;
export const minute = 60 * second;
