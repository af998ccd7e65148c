// The columns of an answer in the form of Looker Studio (`$format=looker`, spec 03 § 5).
import { isMedia, type RelatedEntityDef, type StorageDef } from '../model/model.ts';
import type { CalculatedItem, ColumnItem, Columns } from './columns.ts';

/** A value of the entity, or of a related entity at the end of N→1 relations. */
export interface LookerField {
  /** `salary`, `employer.name`. */
  readonly name: string;
  readonly steps: readonly RelatedEntityDef[];
  readonly attribute: StorageDef;
  /** The value is worked out by code; `attribute` tells what it is like. */
  readonly calculated?: CalculatedItem;
}

function shownBy(item: ColumnItem): StorageDef | undefined {
  if (item.kind === 'value') return item.attribute;
  if (item.kind !== 'calculated' || item.attribute.result.kind !== 'value') return undefined;
  const { shape } = item.attribute.result;
  return isMedia(shape) ? undefined : shape;
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
    const attribute = shownBy(shown);
    if (!attribute || attribute.type === 'object') return [];
    return [{ name: name.join('.'), steps: way, attribute, ...(shown.kind === 'calculated' && { calculated: shown }) }];
  });
}
