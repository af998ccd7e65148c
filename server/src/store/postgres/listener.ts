// Hears of changes that any process has committed: the counter of changes tells them (see `tellingStatements`). Where a
// database or a pooler in front of it does not pass them on, nothing is ever heard.
import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import type { Following } from '../engine.ts';
import { isUnknownHere } from './errors.ts';
import { raw, sql, type Sql } from '../sql/sql.ts';
import { globalStampTable } from '../sql/columns.ts';

const channel = 'keystamp_changes';
const againMs = 1000;

/** What makes the counter of changes tell that it has moved, once the change is committed. */
export const tellingStatements = (): readonly Sql[] => [
  sql`CREATE OR REPLACE FUNCTION keystamp_tell() RETURNS trigger LANGUAGE plpgsql AS ${raw(`$keystamp$ BEGIN PERFORM pg_notify('${channel}', TG_TABLE_SCHEMA); RETURN NULL; END $keystamp$`)}`,
  sql`DROP TRIGGER IF EXISTS keystamp_tell ON ${globalStampTable}`,
  sql`CREATE TRIGGER keystamp_tell AFTER UPDATE ON ${globalStampTable} FOR EACH STATEMENT EXECUTE FUNCTION keystamp_tell()`,
];

/** Whether the database takes such messages at all; in a transaction. */
export const tellsStatement = (): Sql => raw(`SELECT pg_notify('${channel}', '') IS NULL AS told`);

export class Listener implements Following {
  /** What was sent to oneself has come back. */
  tells = false;
  readonly #connect: (onLost: () => void) => Promise<Client>;
  readonly #schema: string;
  readonly #onMoved: () => void;
  #client: Client | undefined;
  #again: NodeJS.Timeout | undefined;
  #closed = false;

  /**
   * @param connect a connection of its own, which tells when it is lost
   * @param schema whose counter it is
   */
  constructor(connect: (onLost: () => void) => Promise<Client>, schema: string, onMoved: () => void) {
    this.#connect = connect;
    this.#schema = schema;
    this.#onMoved = onMoved;
    void this.#listen();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#again);
    await this.#client?.end().catch(() => {});
  }

  async #listen(): Promise<void> {
    const own = randomUUID();
    let client: Client | undefined;
    let isLost = false;
    /** One connection is given up before another one takes its place. */
    const lost = (error?: unknown): void => {
      if (isLost) return;
      isLost = true;
      this.tells = false;
      void client?.end().catch(() => {});
      if (this.#closed || isUnknownHere(error)) return;
      this.#again = setTimeout(() => void this.#listen(), againMs).unref();
    };
    try {
      client = await this.#connect(lost);
      if (isLost || this.#closed) return void client.end().catch(() => {});
      this.#client = client;
      client.on('notification', ({ payload }) => {
        if (payload === own) this.tells = true;
        // What was committed before this connection listened may not have been heard.
        if (payload === own || payload === this.#schema) this.#onMoved();
      });
      await client.query(`LISTEN ${channel}`);
      await client.query(`SELECT pg_notify('${channel}', $1)`, [own]);
    } catch (error) {
      lost(error);
    }
  }
}
