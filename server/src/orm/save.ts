// The door for saves: setters and events of the class around the write, when it has any (spec 15 § 10.7).
import type { Change } from '../store/change.ts';
import type { Transaction } from '../store/engine.ts';
import { saveWithCode } from './save-with-code.ts';
import { storeEntity, type Saved, type WriteContext } from './write.ts';

/** Whether code of the author takes part in a save of the change. Such a save runs in a call (`CallContext.write`). */
export const hasSaveCode = ({ dataClass, calculated }: Pick<Change, 'dataClass' | 'calculated'>): boolean =>
  dataClass.events !== undefined || (calculated !== undefined && calculated.size > 0);

/**
 * Creates or updates one entity.
 * @throws SaveError with the codes of spec 06 § 2, and those of events
 */
export const saveEntity = (tx: Transaction, change: Change, context: WriteContext): Promise<Saved> =>
  hasSaveCode(change) ? saveWithCode(tx, change, context) : storeEntity(tx, change, context);
