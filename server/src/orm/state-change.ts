// An entity in memory → the change that a save of it writes.
import { fail } from '../errors.ts';
import type { RelatedEntityDef, StorageDef, Value } from '../model/model.ts';
import type { Change, MediaChange, RelationTarget } from '../store/change.ts';
import type { CallContext } from './call-context.ts';
import type { EntityState } from './entity-state.ts';
import { mediaChange } from './media-change.ts';
import type { MediaInput } from './media-value.ts';
import { aroundSave } from './save-error.ts';

/**
 * What a save of the entity would change.
 * @param known changes that pictures and BLOBs were made of
 * @throws KeystampError for a picture that is none, a related entity that is not saved
 */
export async function changeOf(
  state: EntityState,
  call: CallContext,
  known?: ReadonlyMap<MediaInput, MediaChange>,
): Promise<Change> {
  state.noticeObjects();
  const { def, stored } = state;
  const values = new Map(state.values);
  const targets: RelationTarget[] = [];
  for (const [relation, entity] of state.related) {
    // Looked up, not assigned.
    if (!entity || !state.isAssigned(relation)) continue;
    const { foreignKey } = relation;
    if (!entity.key) throw aroundSave(fail(1537, relation.name), def, stored?.key);
    values.set(foreignKey, entity.key[0] as Value);
    targets.push({ relation, key: entity.key[0] as Value });
  }
  for (const relation of state.targets) targets.push(targetOf(relation, values));
  // As they are now: code may assign others while these are looked at, and another save may end.
  const setters = { assigned: new Set(state.setters.assigned), written: new Set(state.setters.written) };
  const inputs = [...state.media];
  const media = new Map<StorageDef, MediaChange>();
  for (const [attribute, input] of inputs)
    media.set(attribute, (input && known?.get(input)) ?? (await mediaChange(attribute, input, call)));
  const stamp = state.expectedStamp ?? stored?.stamp;
  return {
    dataClass: def,
    ...(stored && { key: stored.key }),
    ...(stamp !== undefined && { stamp }),
    values,
    media,
    setters,
    targets,
  };
}

const targetOf = (relation: RelatedEntityDef, values: ReadonlyMap<StorageDef, Value>): RelationTarget => ({
  relation,
  key: values.get(relation.foreignKey) as Value,
});
