// A server in the middle of a long query: `endless-reader.ts FILE STATEMENT`; sends the id of the process that runs it.
import { readFileSync } from 'node:fs';
import { raw } from '../../../src/store/sql/sql.ts';
import { SqliteEngine } from '../../../src/store/sqlite/engine.ts';

const [file = '', statement = ''] = process.argv.slice(2);
const engine = new SqliteEngine(file);
const children = (): string => readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim();
// The lane has answered once, so its guard stands.
await engine.row(raw('SELECT count(*) AS n FROM "big" AS e'));
void engine.row(raw(statement));
setTimeout(() => process.send?.(children()), 300);
