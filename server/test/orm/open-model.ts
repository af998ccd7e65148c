// A server without HTTP over any model, with its first data, for programs that use the server API.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config.ts';
import type { AppEvent } from '../../src/events.ts';
import { openKeystamp, type Keystamp } from '../../src/keystamp.ts';
import { buildModel } from '../../src/model/load.ts';
import type { Seed } from '../../src/model/seed.ts';
import { CallContext, runInCall } from '../../src/orm/call-context.ts';
import { sow } from '../../src/orm/sow.ts';
import { Visitor } from '../../src/session/visitor.ts';

export interface OpenModel {
  readonly keystamp: Keystamp;
  readonly events: readonly AppEvent[];
  /** Runs code as one call. */
  run<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** @param exported what a model file exports */
export async function openModel(exported: unknown, seed?: Seed): Promise<OpenModel> {
  const folder = mkdtempSync(join(tmpdir(), 'keystamp-model-'));
  const events: AppEvent[] = [];
  const model = buildModel(exported);
  const config = readConfig({ data: folder, converters: 1 });
  const keystamp = await openKeystamp(model, config, (event) => void events.push(event));
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
    },
  };
}
