// Tables and columns: names that databases keep apart, and what needs tables of the server's own.
import { nameGiven, isFields, type Faults, type Fields } from './faults.ts';
import { nameRule } from './names.ts';

/** Names of tables and columns that the server keeps beside those of the model. */
export const serverTable = /^(keystamp_|sqlite_)/i;
const serverColumn = /^__|__(key|stamp|time|type)$/i;

/** Whether the server keeps columns of such a name beside those of attributes. */
export const isServerColumn = (name: string): boolean => serverColumn.test(name);

/** SQL compares table and column names without case. */
export function checkUnique(faults: Faults, names: readonly string[], path: string, what: string): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined)
      faults.add(`${path}.${name}`, `differs from ${other} by case only; the database cannot keep two such ${what}`);
    seen.set(name.toLowerCase(), name);
  }
}

/** Names that the author chose for tables; a class without one has a table of its own name, which is checked as such. */
export function checkTables(faults: Faults, classes: Fields): void {
  const owners = new Map<string, string>(Object.keys(classes).map((name) => [name.toLowerCase(), name]));
  for (const [name, definition] of Object.entries(classes)) {
    const table = isFields(definition) ? definition['table'] : undefined;
    if (typeof table !== 'string') continue;
    const other = owners.get(table.toLowerCase());
    if (serverTable.test(table)) faults.add(`${name}.table`, 'names beginning with keystamp_ or sqlite_ are taken');
    else if (other !== undefined && other !== name) faults.add(`${name}.table`, `${table} is the table of ${other}`);
    else owners.set(table.toLowerCase(), name);
  }
}

/** Columns of the author must differ from one another and from those of the server. */
export function checkColumns(faults: Faults, name: string, attributes: Fields): void {
  const owners = new Map<string, string>();
  for (const [attribute, value] of Object.entries(attributes)) {
    if (!isFields(value) || (value['kind'] ?? 'storage') !== 'storage') continue;
    const column = nameGiven(value['column'] ?? attribute);
    const other = owners.get(column.toLowerCase());
    const path = `${name}.${attribute}${value['column'] === undefined ? '' : '.column'}`;
    if (serverColumn.test(column) && nameRule.test(attribute))
      faults.add(path, 'columns that begin with __ or end in __key, __stamp, __time or __type are taken');
    if (other !== undefined && other.toLowerCase() !== attribute.toLowerCase())
      faults.add(path, `${column} is the column of ${other}`);
    owners.set(column.toLowerCase(), attribute);
  }
}

/** What needs a table that no other program writes, or columns of its own (spec 15 § 4.4). */
export function checkForeign(faults: Faults, name: string, definition: Fields, attributes: Fields): void {
  const side = definition['stamps'] === 'side';
  if (!side && definition['shared'] !== true) {
    for (const [attribute, value] of Object.entries(attributes))
      if (isFields(value) && value['columnType'] !== undefined)
        faults.add(
          `${name}.${attribute}.columnType`,
          'is for tables of other programs (stamps: side, or shared: true)',
        );
    return;
  }
  if (side && definition['track'] === true)
    faults.add(`${name}.track`, 'needs columns in the table; adopt it (shared: true instead of stamps: side)');
  if (side && definition['shared'] === true)
    faults.add(`${name}.shared`, 'moves stamps in columns of the table, and stamps: side keeps them beside it');
  for (const [attribute, value] of Object.entries(attributes)) {
    if (!isFields(value)) continue;
    const path = `${name}.${attribute}`;
    if (value['keywords'] === true)
      faults.add(`${path}.keywords`, 'a word index needs a table that no other program writes');
    if (side && (value['type'] === 'image' || value['type'] === 'blob'))
      faults.add(path, 'needs columns in the table; adopt it (shared: true instead of stamps: side)');
    if (side && value['kind'] === 'relatedEntity' && value['foreignKey'] === undefined)
      faults.add(path, 'needs a foreignKey: the table gets no column for it');
  }
}
