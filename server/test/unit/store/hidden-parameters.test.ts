// Statements reach SQLite with their parameters hidden from its planner: texts and names must stay what they are.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { hideParameters } from '../../../src/store/sqlite/hidden-parameters.ts';

test('every placeholder is hidden, question marks in texts and names are not touched', () => {
  assert.equal(hideParameters('SELECT ? WHERE a=?'), 'SELECT +? WHERE a=+?');
  assert.equal(hideParameters(`SELECT '/photo?$x', ?, "odd?name", 'it''s?'`), `SELECT '/photo?$x', +?, "odd?name", 'it''s?'`); // oxfmt-ignore
  assert.equal(hideParameters(`SELECT "a""?", '''?', ?`), `SELECT "a""?", '''?', +?`);
});

test('a hidden parameter gives the value that was bound, of every type', () => {
  const database = new Database(':memory:');
  database.exec('CREATE TABLE t (i INTEGER, r REAL, s TEXT, b BLOB)');
  const text = hideParameters('INSERT INTO t VALUES (?, ?, ?, ?)');
  const read = database.prepare<[number, number, string, Buffer]>(
    hideParameters('SELECT * FROM t WHERE i IS ? AND r IS ? AND s IS ? AND b IS ?'),
  );
  const insert = database.prepare(text);
  fc.assert(
    fc.property(
      fc.maxSafeInteger(),
      fc.double({ noNaN: true }).map((number) => number + 0), // SQLite keeps no sign of zero
      fc.string({ unit: 'grapheme' }).filter((string) => !string.includes('\0')),
      fc.uint8Array(),
      (i, r, s, b) => {
        const values = [i, r, s, Buffer.from(b)] as const;
        insert.run(...values);
        assert.deepEqual(read.get(...values), { i, r, s, b: values[3] });
        database.exec('DELETE FROM t');
      },
    ),
  );
  database.close();
});

test('a hidden parameter does not keep an index from being used', () => {
  const database = new Database(':memory:');
  database.exec(
    'CREATE TABLE t (k INTEGER PRIMARY KEY, n INTEGER, s TEXT); CREATE INDEX t_n ON t (n); CREATE INDEX t_s ON t (lower(s))',
  );
  const plan = (where: string, ...values: readonly (number | string)[]): string =>
    database
      .prepare<(number | string)[], { detail: string }>(
        hideParameters(`EXPLAIN QUERY PLAN SELECT * FROM t WHERE ${where}`),
      )
      .all(...values)
      .map(({ detail }) => detail)
      .join('; ');
  assert.match(plan('k = ?', 1), /PRIMARY KEY \(rowid=\?\)/);
  assert.match(plan('n > ? AND n < ?', 1, 5), /t_n \(n>\? AND n<\?\)/);
  assert.match(plan('lower(s) = ?', 'x'), /t_s \(<expr>=\?\)/);
  database.close();
});
