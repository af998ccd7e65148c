// Writes batches of three units until one cannot be stored: `limited-writer.ts FILE`. Prints what became of each batch.
import { SqliteEngine } from '../../../src/store/sqlite/engine.ts';
import { sql } from '../../../src/store/sql/sql.ts';

const engine = new SqliteEngine(process.argv[2] ?? '');
const batches: { names: readonly string[]; failures: readonly (string | null)[] }[] = [];
for (let batch = 100; batch < 200; batch++) {
  const names = ['a', 'b', 'c'].map((letter) => `b-${batch}-${letter}`);
  const settled = await Promise.allSettled(
    names.map((name) => engine.write((tx) => tx.run(sql`INSERT INTO t (v) VALUES (${name.padEnd(9000, '.')})`))),
  );
  const failures = settled.map((result) => (result.status === 'rejected' ? String(result.reason) : null));
  batches.push({ names, failures });
  if (failures.some((failure) => failure !== null)) break;
}
console.log(JSON.stringify(batches));
