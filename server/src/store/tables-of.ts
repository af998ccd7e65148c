// Which tables a statement reads and writes, from its text: all texts come from templates of this program, which write
// names in quotes.

/**
 * Names of tables by the names they have inside the statement, their own and another one given there; one such name may
 * stand for several tables.
 */
export type TablesRead = ReadonlyMap<string, readonly string[]>;

const read = /(?:FROM|JOIN) (?:(?:\w+|"(?:[^"]|"")+")\.)?"((?:[^"]|"")+)"(?: AS (?:"((?:[^"]|"")+)"|(\w+)))?/g;
const written = /^(?:INSERT INTO|UPDATE|DELETE FROM) "((?:[^"]|"")+)"/;
const readsOnly = /^(?:SELECT|WITH|PRAGMA|EXPLAIN)\b/;

export function tablesRead(text: string): TablesRead {
  const tables = new Map<string, readonly string[]>();
  for (const [, name = '', quoted, plain] of text.matchAll(read)) {
    const table = name.replaceAll('""', '"');
    const alias = quoted?.replaceAll('""', '"') ?? plain ?? table;
    for (const each of new Set([table, alias])) tables.set(each, [...(tables.get(each) ?? []), table]);
  }
  return tables;
}

/** The name of the table, the empty text when the statement only reads, `*` when it may change anything. */
export function tableWritten(text: string): string {
  if (readsOnly.test(text)) return '';
  return written.exec(text)?.[1]?.replaceAll('""', '"') ?? '*';
}
