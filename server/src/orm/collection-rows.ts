// Plain objects into entities: the rows of `fromCollection` (spec 16 § 4).
import { fail, KeystampError } from '../errors.ts';
import type { Key } from '../query/selection.ts';
import type { ClassRuntime } from './class-runtime.ts';
import type { EntityState } from './entity-state.ts';
import { saveState } from './save-state.ts';

type CollectionRow = Readonly<Record<string, unknown>>;

/**
 * Saves the entity that a row describes: the one of its key, or a new one. What the row does not name stays as it is.
 * @throws KeystampError when it cannot be saved
 */
export async function saveRow(runtime: ClassRuntime, row: CollectionRow): Promise<Key> {
  const state = await entityFor(runtime, row);
  runtime.assignAll(state, row);
  if (state.stored && typeof row['__STAMP'] === 'number') state.expectedStamp = row['__STAMP'];
  const result = await saveState(state, {});
  if (!result.success) throw new KeystampError(400, [], { thrown: result.errors ?? [] });
  return state.stored!.key;
}

async function entityFor(runtime: ClassRuntime, row: CollectionRow): Promise<EntityState> {
  if (row['__NEW'] === true) return runtime.newState();
  const own = runtime.def.key.map(({ name }) => row[name]);
  const named = own.every((part) => part !== undefined && part !== null);
  const given = row['__KEY'] ?? (named ? own : undefined);
  if (given === undefined) return runtime.newState();
  const key = runtime.keyOf(given);
  const found = key && (await runtime.find(key));
  // A key that nobody has: a new entity only when the row says it as an attribute, a slip of the pen otherwise.
  if (!found && !named) throw fail(1542, String(given), runtime.def.name);
  return found ?? runtime.newState();
}
