// The types of columns.
import type { StorageDef, StorageType } from '../../model/model.ts';
import { raw, type Sql } from '../sql/sql.ts';

export const textType = 'text COLLATE "C"';

/** Truth values, instants and objects are kept as in SQLite, so that keys, orders and texts are the same. */
const columnTypes = {
  string: textType,
  text: textType,
  uuid: textType,
  bool: 'smallint',
  byte: 'smallint',
  word: 'smallint',
  long: 'integer',
  long64: 'bigint',
  number: 'double precision',
  duration: 'bigint',
  date: 'bigint',
  object: textType,
  image: 'bytea',
  blob: 'bytea',
} as const satisfies Record<StorageType, string>;

const typeName = (type: StorageType, simpleDate: boolean): string =>
  type === 'date' && simpleDate ? textType : columnTypes[type];

/** With its collation, for the definition of a column. */
export const definitionType = (type: StorageType, simpleDate: boolean): Sql => raw(typeName(type, simpleDate));

/** The type alone, for a cast. */
export const columnType = ({ type, simpleDate }: Pick<StorageDef, 'type' | 'simpleDate'>): Sql =>
  raw(typeName(type, simpleDate).replace(/ COLLATE.*/, ''));
