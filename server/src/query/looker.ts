// The columns of an answer in the form of Looker Studio (`$format=looker`, spec 03 § 5).
import type { RelatedEntityDef, StorageDef } from '../model/model.ts';
import type { Columns } from './columns.ts';

/** A value of the entity, or of a related entity at the end of N→1 relations. */
export interface LookerField {
  /** `salary`, `employer.name`. */
  readonly name: string;
  readonly steps: readonly RelatedEntityDef[];
  readonly attribute: StorageDef;
}

/** The values among the columns; objects, pictures, BLOBs and relations that are not sent in full are left out. */
export function lookerFields(
  columns: Columns,
  prefix: readonly string[] = [],
  steps: readonly RelatedEntityDef[] = [],
): readonly LookerField[] {
  return columns.items.flatMap((item): readonly LookerField[] => {
    const name = [...prefix, item.attribute.name];
    const way = item.kind === 'alias' ? [...steps, ...item.attribute.steps] : steps;
    const shown = item.kind === 'alias' ? item.shown : item;
    if (shown.kind === 'entity') return lookerFields(shown.columns, name, [...way, shown.attribute]);
    if (shown.kind !== 'value' || shown.attribute.type === 'object') return [];
    return [{ name: name.join('.'), steps: way, attribute: shown.attribute }];
  });
}
