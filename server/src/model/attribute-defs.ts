// The attributes of a class that lead elsewhere or are worked out: relations, calculated attributes, aliases.
import { aliasDef } from './alias.ts';
import type {
  AliasDefinition,
  DataClassDefinition,
  ModelDefinition,
  RelatedEntitiesDefinition,
  StorageDefinition,
} from './definition.ts';
import type { DraftClass, Mutable } from './draft-class.ts';
import type { CalculatedDef, DataClassDef, RelatedEntitiesDef, RelatedEntityDef, StorageDef } from './model.ts';
import { hiddenForeignKey, storageDef } from './storage-defs.ts';

/** All classes, by name. */
export type Drafts = ReadonlyMap<string, DraftClass>;

/** N→1 relations, with a hidden foreign key where none is declared. */
export function addToOne(owner: DraftClass, definition: DataClassDefinition, classes: Drafts): void {
  for (const [name, attribute] of Object.entries(definition.attributes)) {
    if (attribute.kind !== 'relatedEntity') continue;
    const target = classes.get(attribute.dataClass)!;
    const declared = attribute.foreignKey === undefined ? undefined : owner.attributes.get(attribute.foreignKey);
    const foreignKey = (declared as Mutable<StorageDef> | undefined) ?? hiddenForeignKey(owner, name, target);
    if (attribute.mandatory) foreignKey.notNull = true;
    const made: RelatedEntityDef = {
      kind: 'relatedEntity',
      name,
      owner,
      scope: attribute.scope ?? 'public',
      target,
      foreignKey,
      onDrop: attribute.onDrop ?? 'leave',
    };
    owner.attributes.set(name, made);
    if (made.onDrop !== 'leave') target.onTargetDrop.push(made);
  }
}

/** 1→N relations; their other sides must be there. */
export function addToMany(owner: DraftClass, definition: DataClassDefinition, classes: Drafts): void {
  for (const [name, attribute] of Object.entries(definition.attributes)) {
    if (attribute.kind !== 'relatedEntities') continue;
    const target = classes.get((attribute as RelatedEntitiesDefinition).dataClass)!;
    const inverse = target.attributes.get(attribute.inverse) as Mutable<RelatedEntityDef>;
    const made: RelatedEntitiesDef = {
      kind: 'relatedEntities',
      name,
      owner,
      scope: attribute.scope ?? 'public',
      target,
      inverse,
    };
    owner.attributes.set(name, made);
    inverse.inverse ??= made;
  }
}

/** Calculated attributes with their code. */
export function addCalculated(owner: DraftClass, definition: DataClassDefinition, classes: Drafts): void {
  for (const [name, attribute] of Object.entries(definition.attributes)) {
    if (attribute.kind !== 'calculated') continue;
    const { type, exposed, simpleDate = false, dataClass } = attribute;
    const code = owner.code.calculated?.[name] as Pick<CalculatedDef, 'get' | 'set' | 'query' | 'orderBy'>;
    owner.attributes.set(name, {
      kind: 'calculated',
      name,
      owner,
      scope: exposed ? 'public' : 'publicOnServer',
      result:
        type === 'entity' || type === 'selection'
          ? { kind: type, target: classes.get(dataClass as string)! }
          : { kind: 'value', shape: storageDef(owner, name, { type, simpleDate } as StorageDefinition) },
      ...code,
    });
  }
}

/** Aliases; all other attributes must be there. */
export function addAliases(
  owner: DraftClass,
  definition: DataClassDefinition,
  _classes: Drafts,
  definitions: ModelDefinition['dataClasses'],
): void {
  const pathOf = (dataClass: DataClassDef, name: string): string =>
    (definitions[dataClass.name]!.attributes[name] as AliasDefinition).path;
  for (const [name, attribute] of Object.entries(definition.attributes)) {
    if (attribute.kind !== 'alias') continue;
    const { path, exposed } = attribute;
    owner.attributes.set(name, aliasDef({ name, owner, path, scope: exposed ? 'public' : 'publicOnServer' }, pathOf));
  }
}
