// How the hashes of the users are made outlasts a restart: a stranger who comes first would else wait for a hash of another
// kind than users do, and so tell which names there are.
import type { Engine } from '../store/engine.ts';
import { recalledStatement, rememberStatement } from '../store/sql/meta.ts';
import { expectUsual, onUsualChange } from './password-hash.ts';

const metaName = 'usualPasswordHash';

/**
 * Expects hashes as they were before the last stop, and remembers those that are seen from now on.
 * @param onFailed told when that could not be written
 * @returns ends the remembering
 */
export async function rememberUsualHash(engine: Engine, onFailed: (cause: unknown) => void): Promise<() => void> {
  const row = await engine.row(recalledStatement(metaName));
  if (row) expectUsual(String(row['value']));
  return onUsualChange((how) => {
    // Nobody waits for it: who logs in would show by it that he is a user.
    engine.write((tx) => tx.run(rememberStatement(metaName, how))).catch(onFailed);
  });
}
