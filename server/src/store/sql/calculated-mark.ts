// What stands in the JSON text of the database where a value that code works out belongs: U+0001, which JSON text never
// holds as it is, around the number of the item and the key of the entity.
import type { DataClassDef } from '../../model/model.ts';
import { literal } from './columns.ts';
import type { SqlDialect } from './dialect.ts';
import { keyJson } from './entity-key.ts';
import type { Sql } from './sql.ts';

export const markByte = 1;
const mark = String.fromCharCode(markByte);

/** How the value is written: `named` brings its name and comma itself, unless it is null. */
export type MarkForm = 'listed' | 'array' | 'looker' | { readonly named: string };

/** A mark between two mark bytes, parsed. */
export type Mark = readonly [index: number, key: string, form: MarkForm];

/** The mark of an item for the entity in row `alias`. */
export function calculatedMark(
  index: number,
  form: MarkForm,
  dataClass: DataClassDef,
  alias: string,
  dialect: SqlDialect,
): Sql {
  return dialect.concat([
    literal(`${mark}[${index},`),
    keyJson(dataClass, alias, dialect),
    literal(`,${JSON.stringify(form)}]${mark}`),
  ]);
}
