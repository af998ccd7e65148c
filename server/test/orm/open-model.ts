// A server without HTTP over any model, with its first data, for programs that use the server API.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, type Config } from '../../src/config.ts';
import type { AppEvent } from '../../src/events.ts';
import { openKeystamp, type Keystamp } from '../../src/keystamp.ts';
import { buildModel } from '../../src/model/load.ts';
import type { Seed } from '../../src/model/seed.ts';
import { CallContext } from '../../src/orm/call-context.ts';
import { runInCall } from '../../src/orm/current-call.ts';
import { sow } from '../../src/orm/sow.ts';
import { readRolesFile } from '../../src/session/roles-file.ts';
import { Roles } from '../../src/session/roles.ts';
import { Visitor } from '../../src/session/visitor.ts';
import { dropDatabase, newDatabase } from '../postgres.ts';
import { engine } from './program.ts';
import '../kept-converters.ts';

export interface OpenModel {
  readonly keystamp: Keystamp;
  readonly events: readonly AppEvent[];
  /** Runs code as one call. */
  run<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface Given {
  readonly seed?: Seed;
  readonly settings?: Partial<Config>;
  /** A roles file; absent: nothing is protected. */
  readonly roles?: object;
}

/** @param exported what a model file exports */
export async function openModel(exported: unknown, { seed, settings, roles }: Given = {}): Promise<OpenModel> {
  const folder = mkdtempSync(join(tmpdir(), 'keystamp-model-'));
  const events: AppEvent[] = [];
  const model = buildModel(exported);
  const database = engine.name === 'postgres' ? await newDatabase() : '';
  const config = readConfig({ data: folder, database, converters: 1, ...settings });
  const read = roles && readRolesFile(JSON.stringify(roles), model);
  if (read && read.faults.length > 0) throw new Error(read.faults.join('\n'));
  const keystamp = await openKeystamp(
    model,
    config,
    (event) => void events.push(event),
    undefined,
    () => new Roles(read?.file),
  );
  const { services } = keystamp;
  if (seed) await sow(seed, model, join(folder, 'seed'), services, () => undefined);
  return {
    keystamp,
    events,
    async run(work) {
      const context = new CallContext({ model, services, caller: new Visitor(services, undefined) });
      try {
        return await runInCall(context, work);
      } finally {
        await context.end();
      }
    },
    async close() {
      await keystamp.close();
      rmSync(folder, { recursive: true, force: true });
      if (database !== '') await dropDatabase(database);
    },
  };
}
