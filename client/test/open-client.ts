// A real server with the data of `server/test/wire/company.ts`, and typed clients of it.
import assert from 'node:assert/strict';
import { createClient, type Client, type ClientOptions } from '@keystamp/client';
import type company from '../../examples/company/model.ts';
import { Fixture } from '../../server/test/wire/fixture.ts';

export type Model = typeof company;

export interface Opened {
  readonly ds: Client<Model>;
  readonly fixture: Fixture;
  readonly url: string;
  /** A client of its own session. */
  readonly another: (options?: ClientOptions) => Client<Model>;
  /** Stops the server; fails when a request caused a fault inside it. */
  readonly close: () => Promise<void>;
}

export async function openClient(settings: Readonly<Record<string, string>> = {}): Promise<Opened> {
  // Machines that are busy convert slowly.
  const fixture = await Fixture.open('sample', { conversionSeconds: '120', ...settings });
  const url = `http://127.0.0.1:${await fixture.port(1)}/rest`;
  const another = (options: ClientOptions = {}): Client<Model> => createClient<Model>({ url, ...options });
  const close = async (): Promise<void> => {
    const faults = fixture.takeFaults();
    await fixture.close();
    assert.deepEqual(faults, []);
  };
  return { ds: another(), fixture, url, another, close };
}
