// A dataclass while the model is being built.
import { functionMap } from './code-defs.ts';
import type { Code } from './code.ts';
import type { DataClassDefinition } from './definition.ts';
import type { AttributeDef, DataClassDef, RelatedEntityDef, StorageDef } from './model.ts';
import { sideViewPrefix } from './names.ts';
import type { IsClass } from './parameter-type.ts';
import { isStorage } from './storage-defs.ts';

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface DraftClass extends Mutable<DataClassDef> {
  attributes: Map<string, AttributeDef>;
  storage: StorageDef[];
  key: StorageDef[];
  images: StorageDef[];
  onTargetDrop: RelatedEntityDef[];
}

/** Whether what is read of the table is not what it holds. */
const isSeenThroughView = ({ stamps, attributes }: DataClassDefinition): boolean =>
  stamps === 'side' || Object.values(attributes).some((each) => isStorage(each) && each.columnType !== undefined);

/** A class without attributes. */
export function draftClass(
  name: string,
  definition: DataClassDefinition,
  tableNumber: number,
  code: Code,
  isClass: IsClass,
): DraftClass {
  const own = code.dataClasses?.[name] ?? {};
  const base = definition.table ?? name;
  return {
    name,
    collectionName: definition.collectionName ?? `${name}Selection`,
    scope: definition.scope ?? 'public',
    table: isSeenThroughView(definition) ? `${sideViewPrefix}${base}` : base,
    base,
    stamps: definition.stamps ?? 'columns',
    shared: definition.shared ?? false,
    tableNumber,
    defaultTopSize: definition.defaultTopSize ?? 100,
    tracking: definition.track ? 'changes' : 'none',
    attributes: new Map(),
    storage: [],
    key: [],
    images: [],
    onTargetDrop: [],
    functions: functionMap(own.functions, isClass, 'dataClass', name),
    selectionFunctions: functionMap(own.selectionFunctions, isClass, 'entityCollection', name),
    entityFunctions: functionMap(own.entityFunctions, isClass, 'entity', name),
    code: own,
  };
}
