// From the entities of a selection to those that a relation leads to, each once (spec 16 § 4).
import { fail } from '../errors.ts';
import type { AliasDef, AttributeDef, RelatedEntitiesDef, RelatedEntityDef } from '../model/model.ts';
import { membersOf } from '../query/predicate.ts';
import { currentCall } from './current-call.ts';
import { seen } from './path-values.ts';
import { readForeignKeys, readMembers } from './read.ts';
import type { SelectionState } from './selection-state.ts';

/** @throws KeystampError as `seen`, 1574 for one that is no relation */
export function relatedSelection(from: SelectionState, name: string): SelectionState {
  const { def } = from.of;
  return along(from, seen(def, name));
}

function along(from: SelectionState, attribute: AttributeDef): SelectionState {
  const { store } = from.of;
  if (attribute.kind === 'alias') return alongAlias(from, attribute);
  if (attribute.kind !== 'relatedEntity' && attribute.kind !== 'relatedEntities') throw fail(1574, attribute.name);
  const target = store.dataClassOf(attribute.target);
  const { description } = from;
  const { inverse } = attribute;
  if (description && inverse)
    return target.select({ kind: 'exists', relation: inverse, reference: '', where: description.predicate });
  return target.selection({
    kind: 'made',
    make: async () => (attribute.kind === 'relatedEntity' ? toOne(from, attribute) : toMany(from, attribute)),
  });
}

function alongAlias(from: SelectionState, alias: AliasDef): SelectionState {
  if (!alias.many && alias.end.kind !== 'relatedEntity') throw fail(1574, alias.name);
  const steps = alias.many ? alias.steps : [...alias.steps, alias.end as RelatedEntityDef];
  return steps.reduce<SelectionState>(along, from);
}

async function toOne(from: SelectionState, { foreignKey, target }: RelatedEntityDef): ReturnType<typeof readMembers> {
  const call = currentCall();
  const selection = { dataClass: from.of.def, predicate: await from.predicate(), order: [] };
  const keys = await readForeignKeys(call, selection, foreignKey);
  return readMembers(call, { dataClass: target, predicate: membersOf(target, keys), order: [] });
}

async function toMany(from: SelectionState, { inverse, target }: RelatedEntitiesDef): ReturnType<typeof readMembers> {
  const where = await from.predicate();
  const predicate = { kind: 'exists', relation: inverse, reference: '', where } as const;
  return readMembers(currentCall(), { dataClass: target, predicate, order: [] });
}
