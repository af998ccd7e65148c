// The word index of an attribute: a table with the folded words of its texts, kept by the write door, so that the
// comparator `%` looks words up instead of reading every text.
import type { Model, StorageDef, Value } from '../../model/model.ts';
import type { Executor, Transaction } from '../engine.ts';
import type { SqlDialect } from './dialect.ts';
import { exactKey } from './exact-integer.ts';
import { after } from './operators.ts';
import type { ExistingSchema } from './existing-schema.ts';
import type { SchemaDialect } from './schema.ts';
import { column, ident, join, raw, sql, type Sql } from './sql.ts';
import { wordsOf } from './words.ts';

/** Names of all word tables begin so; the name of a dataclass cannot. */
const wordTablePrefix = 'keystamp_words ';

const tableName = (attribute: StorageDef): string => `${wordTablePrefix}${attribute.owner.table}.${attribute.column}`;
/** The table with columns `word` and `key`. */
export const wordTable = (attribute: StorageDef): Sql => ident(tableName(attribute));
const table = wordTable;
const keyOf = (attribute: StorageDef): StorageDef => attribute.owner.key[0] as StorageDef;

/** The attributes of a model that have a word index. */
const wordIndexed = (model: Model): readonly StorageDef[] =>
  [...model.dataClasses.values()].flatMap(({ storage }) => storage.filter(({ keywords }) => keywords));

/** Makes the table of an attribute's word index. */
export function wordTableStatements(attribute: StorageDef, d: SchemaDialect): readonly Sql[] {
  const key = keyOf(attribute);
  const type = d.columnType(key.type, key.simpleDate);
  return [
    sql`CREATE TABLE ${table(attribute)} (word ${d.text} NOT NULL, key ${type} NOT NULL, PRIMARY KEY (word, key))`,
    sql`CREATE INDEX ${ident(`${tableName(attribute)} key`)} ON ${table(attribute)} (key)`,
  ];
}

/** The word tables that there are and that the model no longer asks for. */
export function staleWordTables({ names, stored }: ExistingSchema, model: Model): readonly string[] {
  const wanted = new Set(wordIndexed(model).map((attribute) => stored(tableName(attribute))));
  return names.filter((name) => name.startsWith(wordTablePrefix) && !wanted.has(name));
}

/** The word indexes that the model asks for and the database does not have. */
export function missingWordTables({ names, stored }: ExistingSchema, model: Model): readonly StorageDef[] {
  return wordIndexed(model).filter((attribute) => !names.includes(stored(tableName(attribute))));
}

export const dropWordTable = (name: string): Sql => sql`DROP TABLE ${ident(name)}`;

/** Puts the words of one text in the place of those that were there. */
export async function indexWords(
  tx: Transaction,
  attribute: StorageDef,
  key: Value,
  text: Value,
  isNew: boolean,
): Promise<void> {
  if (!isNew) await tx.run(sql`DELETE FROM ${table(attribute)} WHERE key = ${key}`);
  if (typeof text !== 'string') return;
  for (const word of new Set(wordsOf(text)))
    await tx.run(sql`INSERT INTO ${table(attribute)} (word, key) VALUES (${word}, ${key})`);
}

/** Takes the words of an entity away. */
export async function forgetWords(tx: Transaction, attribute: StorageDef, key: Value): Promise<void> {
  await tx.run(sql`DELETE FROM ${table(attribute)} WHERE key = ${key}`);
}

const rowsAtOnce = 1000;

/** Fills a new index from the texts that are stored. */
export async function fillWordIndex(
  tx: Transaction & Executor,
  attribute: StorageDef,
  dialect: SqlDialect,
): Promise<void> {
  const key = keyOf(attribute);
  const held = column('e', key.column);
  const from = sql`SELECT ${exactKey(key, held, dialect)}, ${column('e', attribute.column)} FROM ${ident(attribute.owner.table)} AS e`;
  let rows = await tx.rows(sql`${from} ORDER BY ${held} LIMIT ${rowsAtOnce}`);
  while (rows.length > 0) {
    for (const row of rows)
      await indexWords(tx, attribute, row[key.column] as Value, row[attribute.column] as Value, true);
    const last = rows.at(-1)?.[key.column] as Value;
    rows = await tx.rows(sql`${from} WHERE ${held} > ${last} ORDER BY ${held} LIMIT ${rowsAtOnce}`);
  }
}

/**
 * The condition that the text of the row `alias` holds the words of a `wordQuery`. False where the function `has_words`
 * is unknown, so it must not stand below a NOT.
 */
export function inWordIndex(attribute: StorageDef, alias: string, query: string): Sql {
  const words = [...new Set(query.split(' '))].filter((word) => word !== '');
  if (words.length === 0) return raw('FALSE');
  const key = column(alias, keyOf(attribute).column);
  const found = (condition: Sql): Sql => sql`${key} IN (SELECT key FROM ${table(attribute)} WHERE ${condition})`;
  const whole = words.filter((word) => !word.endsWith('@'));
  const begun = words.filter((word) => word.endsWith('@')).map((word) => found(beginsWith(word.slice(0, -1))));
  return join([...(whole.length > mostLookUps ? [holdsAll(whole)] : whole.map(is)).map(found), ...begun], ' AND ');
}

/** More words than that are counted rather than looked up each: planners would try the orders of so many joins. */
const mostLookUps = 4;

const is = (word: string): Sql => sql`word = ${word}`;

/** A text has each of its words once in the index. */
const holdsAll = (words: readonly string[]): Sql =>
  sql`word IN (${join(
    words.map((word) => sql`${word}`),
    ', ',
  )}) GROUP BY key HAVING count(*) = ${words.length}`;

function beginsWith(prefix: string): Sql {
  const end = after(prefix);
  return end === undefined ? sql`word >= ${prefix}` : sql`word >= ${prefix} AND word < ${end}`;
}
