// A program written for Wakanda: its published JavaScript client, as npm installs it, and a real server for it.
import assert from 'node:assert/strict';
import wakanda from 'wakanda-client';
import type { Dialect } from '../../src/errors.ts';
import { Fixture } from '../wire/fixture.ts';

export type Client = InstanceType<typeof wakanda.WakandaClient>;
export type DataClass = InstanceType<typeof wakanda.DataClass>;
export type Entity = InstanceType<typeof wakanda.Entity>;

/** The default dialect, and the client's own. */
export const dialects: readonly Dialect[] = ['4d', 'wakanda'];

/**
 * A server with the data of `company.ts` and a client of it. The client keeps what it knows of a dataclass once per
 * process, so one program must be closed before the next is opened.
 */
export async function openProgram(dialect: Dialect, model: 'company' | 'functions' = 'company'): Promise<Program> {
  const fixture = await Fixture.open(model, { dialect });
  const port = await fixture.port(1);
  const client = new wakanda.WakandaClient({ host: `http://127.0.0.1:${port}` });
  const { Company, Employee } = await client.getCatalog();
  assert.ok(Company && Employee);
  const close = async (): Promise<void> => {
    const faults = fixture.takeFaults();
    await fixture.close();
    assert.deepEqual(faults, []);
  };
  return { client, Company, Employee, port, close };
}

export interface Program {
  readonly client: Client;
  readonly Company: DataClass;
  readonly Employee: DataClass;
  readonly port: number;
  /** Stops the server; fails when a request caused a fault inside it. */
  readonly close: () => Promise<void>;
}

/** Whether a promise was rejected as the client does for a status of 400 or more, with these codes in the body. */
export const refusal =
  (...codes: readonly number[]) =>
  (error: unknown): true => {
    assert.ok(typeof error === 'object' && error !== null && 'body' in error, String(error));
    const { __ERROR: lines } = JSON.parse(String(error.body)) as { __ERROR: { errCode: number }[] };
    assert.deepEqual(
      lines.map(({ errCode }) => errCode),
      codes,
    );
    return true;
  };

export const idsOf = (entities: readonly Entity[]): readonly unknown[] =>
  entities.map((entity): unknown => entity['ID']);
