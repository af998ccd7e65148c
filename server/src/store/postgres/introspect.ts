// Reads the tables, keys, foreign keys and indexes of a PostgreSQL schema that Keystamp did not make.
import type { FoundColumn, FoundDatabase, FoundForeignKey, FoundTable } from '../found-database.ts';
import type { Row } from '../engine.ts';
import { raw } from '../sql/sql.ts';
import { Server } from './server.ts';

type Served = Pick<FoundColumn, 'type' | 'simpleDate' | 'columnType'>;

/** Types whose values are as Keystamp keeps them, and types that have a form of their own (model/column-form.ts). */
const types: Readonly<Record<string, Served>> = {
  int2: { type: 'word' },
  int4: { type: 'long' },
  int8: { type: 'long64' },
  float4: { type: 'number', columnType: 'real' },
  float8: { type: 'number' },
  text: { type: 'text' },
  varchar: { type: 'string' },
  bool: { type: 'bool', columnType: 'boolean' },
  date: { type: 'date', simpleDate: true, columnType: 'date' },
  timestamptz: { type: 'date', columnType: 'timestamptz' },
  timestamp: { type: 'date', columnType: 'timestamp' },
  uuid: { type: 'uuid', columnType: 'uuid' },
  json: { type: 'object', columnType: 'json' },
  jsonb: { type: 'object', columnType: 'jsonb' },
  bpchar: { type: 'string', columnType: 'char' },
  citext: { type: 'string', columnType: 'citext' },
};

/** What a column is served as; nothing when it cannot be. */
function servedAs(row: Row): Served | undefined {
  const declared = String(row['declared']);
  if (row['kind'] === 'e') return { type: 'string', columnType: declared };
  if (row['type'] !== 'numeric') return types[String(row['type'])];
  const [digits, places] = [row['digits'], row['places']].map((number) =>
    number === null ? undefined : Number(number),
  );
  const whole = digits !== undefined && places === 0;
  return { type: whole && digits <= 9 ? 'long' : whole && digits <= 18 ? 'long64' : 'number', columnType: declared };
}

const inSchema = "n.nspname = current_schema() AND c.relname NOT LIKE 'keystamp\\_%'";

/** @throws Error when the server cannot be reached */
export async function introspectServer(url: string): Promise<FoundDatabase> {
  const server = await Server.of({ url });
  const pool = server.pool(1, 0);
  try {
    return await pool.use(async (connection) => {
      const rows = async (text: string): Promise<readonly Row[]> => (await connection.do(raw(text))).rows;
      const relations = await rows(
        `SELECT c.relname AS name, c.relkind AS kind FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE ${inSchema} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition ORDER BY c.relname`,
      );
      const columns = await rows(
        `SELECT c.relname AS tab, a.attname AS name, t.typname AS type, t.typtype AS kind, format_type(a.atttypid, a.atttypmod) AS declared, CASE WHEN t.typname IN ('varchar', 'bpchar') AND a.atttypmod > 4 THEN a.atttypmod - 4 END AS length, CASE WHEN t.typname = 'numeric' AND a.atttypmod > 4 THEN ((a.atttypmod - 4) >> 16) & 65535 END AS digits, CASE WHEN t.typname = 'numeric' AND a.atttypmod > 4 THEN (a.atttypmod - 4) & 65535 END AS places, a.attnotnull AS required, a.attgenerated AS generated, a.attidentity AS identity, pg_get_expr(d.adbin, d.adrelid) AS def FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_type AS t ON t.oid = a.atttypid LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE ${inSchema} AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
      );
      const indexes = await rows(
        `SELECT c.relname AS tab, i.indisprimary AS pk, i.indisunique AS uniq, i.indnkeyatts AS n, (SELECT json_agg(a.attname ORDER BY k.place) FROM unnest(i.indkey) WITH ORDINALITY AS k(num, place) JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.num WHERE k.place <= i.indnkeyatts) AS cols FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE ${inSchema} AND i.indpred IS NULL AND i.indexprs IS NULL`,
      );
      const foreignKeys = await rows(
        `SELECT c.relname AS tab, f.relname AS target, (SELECT json_agg(a.attname ORDER BY k.place) FROM unnest(x.conkey) WITH ORDINALITY AS k(num, place) JOIN pg_attribute AS a ON a.attrelid = x.conrelid AND a.attnum = k.num) AS cols, (SELECT json_agg(a.attname ORDER BY k.place) FROM unnest(x.confkey) WITH ORDINALITY AS k(num, place) JOIN pg_attribute AS a ON a.attrelid = x.confrelid AND a.attnum = k.num) AS target_cols FROM pg_constraint AS x JOIN pg_class AS c ON c.oid = x.conrelid JOIN pg_class AS f ON f.oid = x.confrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE ${inSchema} AND x.contype = 'f' AND x.conparentid = 0 ORDER BY x.conname`,
      );
      const of = (list: readonly Row[], name: string): readonly Row[] => list.filter((row) => row['tab'] === name);
      const isTable = (row: Row): boolean => row['kind'] === 'r' || row['kind'] === 'p';
      return {
        name: new URL(url).pathname.slice(1) || 'datastore',
        tables: relations
          .filter(isTable)
          .map((row) => String(row['name']))
          .map((name) => foundTable(name, of(columns, name), of(indexes, name), of(foreignKeys, name))),
        leftOut: relations
          .filter((row) => !isTable(row))
          .map((row) => `${String(row['name'])}: is a ${kinds[String(row['kind'])] ?? 'relation'}`),
      };
    });
  } finally {
    await pool.close();
  }
}

const kinds: Readonly<Record<string, string>> = {
  v: 'view, which has no key',
  m: 'materialized view, which has no key',
  f: 'foreign table',
};

const namesIn = (json: Row[string] | undefined): readonly string[] =>
  typeof json === 'string' ? (JSON.parse(json) as string[]) : ((json ?? []) as unknown as string[]);

function foundTable(
  name: string,
  columns: readonly Row[],
  indexes: readonly Row[],
  foreignKeys: readonly Row[],
): FoundTable {
  const primary = indexes.find((row) => row['pk'] === true);
  const key = primary ? namesIn(primary['cols']) : [];
  const [only, ...more] = key;
  const numbered = columns.find((row) => row['name'] === only);
  const firsts = indexes
    .filter((row) => row['pk'] !== true)
    .map((row) => ({ row, first: namesIn(row['cols'])[0] as string }));
  return {
    name,
    columns: columns.map(foundColumn),
    key,
    numbersItself:
      more.length === 0 &&
      numbered !== undefined &&
      (numbered['identity'] !== '' || String(numbered['def'] ?? '').startsWith('nextval(')),
    foreignKeys: foreignKeys.map((row): FoundForeignKey => ({
      columns: namesIn(row['cols']),
      table: String(row['target']),
      to: namesIn(row['target_cols']),
    })),
    indexed: new Set(firsts.map(({ first }) => first)),
    unique: new Set(
      firsts.filter(({ row }) => row['uniq'] === true && Number(row['n']) === 1).map(({ first }) => first),
    ),
  };
}

function foundColumn(row: Row): FoundColumn {
  const declared = String(row['declared']);
  const served = servedAs(row);
  const text = row['def'] === null ? undefined : String(row['def']);
  return {
    name: String(row['name']),
    declared,
    ...(served ?? { why: `values of the type ${declared} are not served` }),
    notNull: row['required'] === true,
    generated: row['generated'] !== '',
    ...(text !== undefined && row['identity'] === '' && { byDefault: plainDefault(text) }),
    ...(row['length'] !== null && { maxLength: Number(row['length']) }),
  };
}

/** `'open'::text`, `0`, `'-1'::integer`; anything else is worked out by the database. */
function plainDefault(text: string): NonNullable<FoundColumn['byDefault']> {
  if (/^-?\d+(\.\d+)?$/.test(text)) return { value: Number(text) };
  if (text === 'true' || text === 'false') return { value: text === 'true' };
  if (/uuid/i.test(text)) return { random: true };
  const [, quoted, type] = /^'((?:[^']|'')*)'::([\w ]+)/.exec(text) ?? [];
  if (quoted === undefined) return {};
  return { value: /int|double|real|numeric/.test(type ?? '') ? Number(quoted) : quoted.replaceAll("''", "'") };
}
