// `keystamp fsck`: is the data sound? Ends with 0 when it is, with 1 when something is wrong or left, with 2 when that
// could not be found out.
import { Command } from 'commander';
import { ContentSupply } from '../../keeping/content-supply.ts';
import { faultKinds, printFault, type Fault } from '../../keeping/fault.ts';
import { fsck, unsound } from '../../keeping/fsck.ts';
import { connectEngine } from '../../store/open.ts';
import { progressSteps } from '../progress.ts';
import { dataOf, stepNames, whichDatabase, type DatabaseFlags } from '../with-database.ts';

/** Faults of one kind that are listed. */
const shown = 20;

interface Flags extends DatabaseFlags {
  readonly repair?: boolean;
  readonly from?: string;
  readonly dropDamaged?: boolean;
  readonly all?: boolean;
}

export const fsckCommand = (): Command =>
  whichDatabase(
    new Command('fsck')
      .description('look for what is wrong in the stored data; the server may be running')
      .option('--repair', 'set right what can be set right')
      .option('--from <backup>', 'with --repair: take missing and damaged bytes from this backup')
      .option('--drop-damaged', 'with --repair: set attributes to null whose bytes are damaged')
      .option('--all', `list all faults, not ${shown} of each kind`),
  ).action(check);

async function check(flags: Flags): Promise<void> {
  try {
    process.exitCode = await run(flags);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  }
}

/** @throws Error when nothing can be found out */
async function run(flags: Flags): Promise<number> {
  if (!flags.repair && (flags.from !== undefined || flags.dropDamaged))
    throw new Error('--from and --drop-damaged say how to --repair');
  const { model, config } = await dataOf(flags);
  const supply = flags.from === undefined ? undefined : new ContentSupply(flags.from);
  const engine = await connectEngine(config);
  const bars = progressSteps(stepNames);
  try {
    const repair = { ...(supply && { supply }), dropDamaged: flags.dropDamaged ?? false, now: Date.now };
    const { found, left } = await fsck(engine, model, flags.repair ? repair : undefined, bars.step('bytes'));
    bars.stop();
    print(found, flags);
    if (!flags.repair) return unsound(found).length === 0 ? 0 : 1;
    if (found.length === 0) return 0;
    console.log(left.length === 0 ? 'all of it was repaired' : `${found.length - left.length} were repaired; left:`);
    if (left.length > 0) print(left, flags);
    return unsound(left).length === 0 ? 0 : 1;
  } finally {
    bars.stop();
    supply?.close();
    await engine.close();
  }
}

function print(faults: readonly Fault[], { all }: Flags): void {
  if (faults.length === 0) return console.log('the data is sound');
  for (const kind of Object.keys(faultKinds) as Fault['kind'][]) {
    const own = faults.filter((fault) => fault.kind === kind);
    if (own.length === 0) continue;
    console.log(`${own.length} ${faultKinds[kind].heading}`);
    for (const fault of all ? own : own.slice(0, shown)) console.log(`  ${printFault(fault)}`);
    if (!all && own.length > shown) console.log(`  and ${own.length - shown} more (--all)`);
  }
}
