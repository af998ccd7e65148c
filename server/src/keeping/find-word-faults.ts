// Whether a word index holds exactly the words of its texts.
import type { StorageDef, Value } from '../model/model.ts';
import type { Snapshot } from '../store/engine.ts';
import { ident, sql } from '../store/sql/sql.ts';
import { wordTable } from '../store/sql/word-index.ts';
import { wordsOf } from '../store/sql/words.ts';
import type { Fault } from './fault.ts';

const batch = 500;

/** The entities, and keys of no entity, whose words are not as they should be. */
export async function findWordFaults(snapshot: Snapshot, attribute: StorageDef): Promise<readonly Fault[]> {
  const { owner } = attribute;
  const key = ident((owner.key[0] as StorageDef).column);
  const words = wordTable(attribute);
  const faults: Fault[] = [];
  let last: Value | undefined;
  for (;;) {
    const after = last === undefined ? sql`` : sql` WHERE ${key} > ${last}`;
    const rows = await snapshot.rows(
      sql`SELECT ${key} AS key, ${ident(attribute.column)} AS text FROM ${ident(owner.table)}${after} ORDER BY ${key} LIMIT ${batch}`,
    );
    for (const row of rows) {
      const held = row['key'] as Value;
      const text = row['text'];
      const must = new Set(typeof text === 'string' ? wordsOf(text) : []);
      const found = await snapshot.rows(sql`SELECT word FROM ${words} WHERE key = ${held}`);
      if (found.length !== must.size || !found.every(({ word }) => must.has(String(word))))
        faults.push({ kind: 'words', attribute, key: held });
    }
    if (rows.length < batch) break;
    last = rows.at(-1)?.['key'] as Value;
  }
  const left = await snapshot.rows(
    sql`SELECT DISTINCT w.key AS key FROM ${words} AS w WHERE NOT EXISTS (SELECT 1 FROM ${ident(owner.table)} AS e WHERE e.${key} = w.key)`,
  );
  for (const row of left) faults.push({ kind: 'words', attribute, key: row['key'] as Value });
  return faults;
}
