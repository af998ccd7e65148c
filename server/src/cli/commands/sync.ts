// `keystamp sync …`: looking after the counter of changes and the list of deletions (spec 17 §§ 2.3, 7).
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { DataClassDef, Model } from '../../model/model.ts';
import {
  isTracking,
  maxGlobalStamp,
  pruneDeletions,
  readGlobalStamp,
  recordUnseenDeletions,
  setGlobalStamp,
  touchClass,
  trackingFacts,
} from '../../store/global-stamps.ts';
import { keysFromText } from '../../plan/target.ts';
import { whichDatabase, wholeNumber, withDatabase, type DatabaseFlags, type OpenData } from '../with-database.ts';

const dayMs = 24 * 60 * 60 * 1000;

export function syncCommand(): Command {
  const sync = new Command('sync').description('look after the numbers of changes that clients synchronise by');
  const add = (nameAndArgs: string, description: string): Command => {
    const made = whichDatabase(sync.command(nameAndArgs).description(description));
    return made;
  };
  add('status', 'show the counter, the tracked dataclasses and the deletions that are kept').action(
    (flags: DatabaseFlags) => tracked(flags, showStatus),
  );
  add(
    'touch <dataclass>',
    'give all entities of a dataclass a new number, so that every client reads them again',
  ).action((name: string, flags: DatabaseFlags) =>
    tracked(flags, async ({ engine, model }) => {
      const touched = await engine.write((tx) => touchClass(tx, trackedClass(model, name)));
      console.log(`${touched} entities of ${name} have a new number`);
    }),
  );
  add('prune', 'forget deletions; clients that were away for longer cannot learn of them')
    .option('--before <number>', 'those with a lower number', wholeNumber('--before'))
    .option('--days <number>', 'those that are older', wholeNumber('--days'))
    .action((flags: DatabaseFlags & { readonly before?: number; readonly days?: number }) => prune(flags));
  add('raise <number>', 'set the counter')
    .option('--force', 'lower it too, although clients then miss changes')
    .action((text: string, flags: DatabaseFlags & { readonly force?: boolean }) => raise(text, flags));
  add(
    'deleted <dataclass> <file>',
    'record deletions that were made behind the server: keys, one a line, that are gone',
  ).action((name: string, file: string, flags: DatabaseFlags) =>
    tracked(flags, async ({ engine, model }) => {
      const dataClass = trackedClass(model, name);
      const keys = keysFromText(dataClass, readFileSync(file, 'utf8'));
      const recorded = await engine.write((tx) => recordUnseenDeletions(tx, dataClass, keys, new Date().toISOString()));
      console.log(`${recorded} of ${keys.length} keys of ${name} are gone and were recorded as deleted`);
    }),
  );
  return sync;
}

/** @throws Error when the model tracks nothing */
const tracked = (flags: DatabaseFlags, work: (open: OpenData) => Promise<void>): Promise<void> =>
  withDatabase(flags, work, (model) => {
    if (!isTracking(model)) throw new Error('no dataclass of the model is tracked; give one track: true');
  });

/** @throws Error when there is no tracked class of that name */
function trackedClass(model: Model, name: string): DataClassDef {
  const dataClass = model.dataClasses.get(name);
  if (dataClass?.tracking === 'changes') return dataClass;
  const names = [...model.dataClasses.values()].filter(({ tracking }) => tracking === 'changes').map((c) => c.name);
  throw new Error(`${name}: is no tracked dataclass; tracked are ${names.join(', ')}`);
}

async function showStatus({ engine, model }: OpenData): Promise<void> {
  const { value, pruned } = await readGlobalStamp(engine);
  const facts = await trackingFacts(engine, model);
  console.log(`counter ${value}`);
  for (const { name, entities, highest } of facts.classes)
    console.log(`${name}: ${entities} entities, highest number ${highest}`);
  console.log(`deletions: ${facts.deletions}${pruned > 0 ? `, those up to ${pruned} are forgotten` : ''}`);
}

async function prune(flags: DatabaseFlags & { readonly before?: number; readonly days?: number }): Promise<void> {
  const { before, days } = flags;
  if ((before === undefined) === (days === undefined)) throw new Error('say either --before or --days');
  await tracked(flags, async ({ engine }) => {
    const gone = await engine.write((tx) =>
      pruneDeletions(
        tx,
        before === undefined
          ? { kind: 'time', timestamp: new Date(Date.now() - (days as number) * dayMs).toISOString() }
          : { kind: 'stamp', stamp: before },
      ),
    );
    const { pruned } = await readGlobalStamp(engine);
    console.log(`${gone} deletions are forgotten; the list is complete from ${pruned + 1} on`);
  });
}

async function raise(text: string, flags: DatabaseFlags & { readonly force?: boolean }): Promise<void> {
  const value = wholeNumber('raise')(text);
  if (value < 1 || value > maxGlobalStamp) throw new Error(`raise ${text}: a number from 1 to 2^53 is expected`);
  await tracked(flags, async ({ engine }) => {
    const set = await engine.write((tx) => setGlobalStamp(tx, value, flags.force));
    if (!set)
      throw new Error(`the counter is above ${value} already; --force lowers it, and clients then miss changes`);
    console.log(`counter ${value}`);
  });
}
