// The entities that a to-many attribute of one entity holds, as a condition on them.
import type { RelatedEntitiesDef, RelationDef, ToManyDef, Value } from '../model/model.ts';
import { keysOf, type Predicate } from './predicate.ts';
import type { Key } from './selection.ts';

/** Fulfilled by the entities of the target class that the attribute of the entity with that key holds. */
export function relatedTo(attribute: ToManyDef, key: Key): Predicate {
  const steps = attribute.kind === 'alias' ? attribute.steps : [attribute];
  const [first, ...others] = steps as [RelationDef, ...RelationDef[]];
  const begin: Predicate =
    first.kind === 'relatedEntities'
      ? {
          kind: 'test',
          attribute: first.inverse.foreignKey,
          test: { kind: 'identity', values: [key[0] as Value], negated: false },
        }
      : { kind: 'exists', relation: reversed(first), reference: '', where: keysOf(first.owner, [key]) };
  return others.reduce<Predicate>(
    (where, step) => ({ kind: 'exists', relation: reversed(step), reference: '', where }),
    begin,
  );
}

/** The same relation seen from its other side, whether the model names that side or not. */
function reversed(relation: RelationDef): RelationDef {
  if (relation.kind === 'relatedEntities') return relation.inverse;
  const { owner, target, name } = relation;
  return (
    relation.inverse ??
    ({
      kind: 'relatedEntities',
      name: `${name} of`,
      owner: target,
      scope: 'publicOnServer',
      target: owner,
      inverse: relation,
    } satisfies RelatedEntitiesDef)
  );
}
