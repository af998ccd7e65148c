// `keystamp fsck`: finds faults, sets right what can be set right, and looks again.
import type { Model } from '../model/model.ts';
import type { Engine } from '../store/engine.ts';
import { faultKinds, type Fault } from './fault.ts';
import { findFaults, type OnBytes } from './find-faults.ts';
import { repairFault, type RepairOptions } from './repair.ts';

export interface FsckResult {
  readonly found: readonly Fault[];
  /** What is there after repairs; the same as `found` when nothing was to be repaired. */
  readonly left: readonly Fault[];
}

/** Faults that make the data unsound; the others are worth knowing. */
export const unsound = (faults: readonly Fault[]): readonly Fault[] =>
  faults.filter(({ kind }) => !faultKinds[kind].sound);

/**
 * Looks through the data of one moment; the server may be at work.
 * @param repair absent: nothing is changed
 */
export async function fsck(
  engine: Engine,
  model: Model,
  repair: RepairOptions | undefined,
  onBytes: OnBytes,
): Promise<FsckResult> {
  const look = (): Promise<readonly Fault[]> =>
    engine.snapshot((snapshot) => findFaults(snapshot, model, engine.dialect.keyTexts, onBytes));
  const found = await look();
  if (!repair || found.length === 0) return { found, left: found };
  for (const fault of found) await repairFault(engine, model, fault, repair);
  return { found, left: await look() };
}
