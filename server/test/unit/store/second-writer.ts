// A second process that writes to the same file: `second-writer.ts FILE COUNT`, begins when told `go`.
import { once } from 'node:events';
import { SqliteEngine } from '../../../src/store/sqlite/engine.ts';
import { sql } from '../../../src/store/sql/sql.ts';

const [file = '', count = '0'] = process.argv.slice(2);
const engine = new SqliteEngine(file);
process.send?.('ready');
await once(process, 'message');
for (let i = 0; i < Number(count); i++)
  await engine.write((tx) => tx.run(sql`INSERT INTO t (v) VALUES (${`child ${i}`})`));
await engine.close();
process.disconnect();
