// Many keys in one statement: a list of them as rows, and what finds their entities.
import type { DataClassDef, Value } from '../../model/model.ts';
import type { Key } from '../../query/selection.ts';
import { asStored, foundIn } from './column-form.ts';
import type { JsonDialect } from './json-dialect.ts';
import { join, raw, sql, type Sql } from './sql.ts';

/** The keys of entities of one class; those of one attribute may be values alone. */
export type AskedKeys = readonly Value[] | readonly Key[];

export interface Asked {
  /** Rows `k` with the `position` of each key, in order. */
  readonly rows: Sql;
  /** Whether the entity in row `e` has the key in row `k`. */
  readonly same: Sql;
}

export function askedKeys({ key }: DataClassDef, keys: AskedKeys, dialect: JsonDialect): Asked {
  const array = sql`${JSON.stringify((keys as readonly (Value | Key)[]).map(asJson))}`;
  return {
    rows: sql`(${dialect.elements(array, key)} ORDER BY position) AS k`,
    same: join(
      key.map((part, i) => sql`${foundIn(part, 'e')} = ${asStored(part, raw(`k.part${i}`))}`),
      ' AND ',
    ),
  };
}

/** 64-bit integers exactly, truth values as columns hold them. */
function asJson(key: Value | Key): unknown {
  if (Array.isArray(key)) return key.length === 1 ? asJson(key[0] as Value) : key.map(asJson);
  if (typeof key === 'bigint') return String(key);
  return typeof key === 'boolean' ? Number(key) : key;
}
