// A process that makes entity sets and is killed: `set-maker.ts FOLDER`; sends their ids, then goes on making more.
import { readConfig } from '../../../src/config.ts';
import { packKeys } from '../../../src/query/key-list.ts';
import { EntitySets } from '../../../src/session/entity-sets.ts';
import { openEngine } from '../../../src/store/open.ts';
import { item, model, numbers } from './sets-model.ts';

const [data = ''] = process.argv.slice(2);
const config = readConfig({ data });
const engine = await openEngine(readConfig({ data }), model);
const sets = new EntitySets(engine, config, Date.now, () => process.exit(1));
const mine = { sessionId: 'ME', dataClass: item, timeoutSeconds: undefined };
const made = await Promise.all([
  sets.create(mine, packKeys(numbers(5))),
  sets.create(mine, packKeys(numbers(300_000))),
]);
process.send?.(made.map(({ id }) => id));
for (;;) await sets.create(mine, packKeys(numbers(200_000)));
