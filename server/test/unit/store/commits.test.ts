// What becomes of those that wait for a commit when SQLite itself fails.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from '../../../src/store/sql/sql.ts';
import { Commits } from '../../../src/store/sqlite/commits.ts';
import { Connection } from '../../../src/store/sqlite/connection.ts';

test('a transaction that cannot be rolled back fails those that come next, and holds up nobody for ever', async (t) => {
  const connection = new Connection(':memory:', { sortIn: 'memory' });
  const commits = new Commits(connection, { onTurn() {}, onCommit() {} });
  await commits.add((tx) => tx.run(sql`CREATE TABLE note (text)`), false);
  const rollback = t.mock.method(connection.prepared('ROLLBACK').statement, 'run', () => {
    throw new Error('disk I/O error');
  });
  await assert.rejects(
    commits.add(async (tx) => {
      await tx.run(sql`INSERT INTO note VALUES ('lost')`);
      throw new Error('changed my mind');
    }, false),
    /changed my mind/,
  );
  rollback.mock.restore();
  await assert.rejects(
    commits.add((tx) => tx.run(sql`INSERT INTO note VALUES ('one')`), false),
    /transaction/,
  );
  await commits.add((tx) => tx.run(sql`INSERT INTO note VALUES ('two')`), false);
  const rows = await commits.add((tx) => tx.rows(sql`SELECT text FROM note`), false);
  assert.deepEqual(rows, [{ text: 'two' }]);
  connection.database.close();
});
