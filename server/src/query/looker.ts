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
export function lookerFields(columns: Columns, steps: readonly RelatedEntityDef[] = []): readonly LookerField[] {
  return columns.items.flatMap((item): readonly LookerField[] => {
    if (item.kind === 'entity') return lookerFields(item.columns, [...steps, item.attribute]);
    if (item.kind !== 'value' || item.attribute.type === 'object') return [];
    const name = [...steps, item.attribute].map((step) => step.name).join('.');
    return [{ name, steps, attribute: item.attribute }];
  });
}
