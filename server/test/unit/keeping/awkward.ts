// Databases that were there before, awkward ones among them.
import Database from 'better-sqlite3';

/** Makes an SQLite file from statements. */
export function makeDatabase(file: string, text: string): void {
  const database = new Database(file);
  database.exec(text);
  database.close();
}

export const shop = `
CREATE TABLE companies (id INTEGER PRIMARY KEY, "company name" TEXT NOT NULL, active BOOLEAN NOT NULL DEFAULT 1, founded DATE, created_at DATETIME DEFAULT CURRENT_TIMESTAMP, logo BLOB, rating REAL);
CREATE TABLE employees (id INTEGER PRIMARY KEY AUTOINCREMENT, first_name VARCHAR(20) NOT NULL, last_name TEXT, email TEXT UNIQUE, salary NUMERIC, company_id INTEGER REFERENCES companies(id), manager INTEGER REFERENCES employees(id), full_name TEXT GENERATED ALWAYS AS (first_name || ' ' || last_name) VIRTUAL, "save" TEXT);
CREATE INDEX employees_salary ON employees (salary);
CREATE TABLE projects (code TEXT PRIMARY KEY, title TEXT, lead_id INTEGER REFERENCES employees(id), deputy_id INTEGER REFERENCES employees(id), props JSON);
CREATE TABLE assignments (employee_id INTEGER NOT NULL REFERENCES employees(id), project_code TEXT NOT NULL REFERENCES projects, hours INTEGER DEFAULT 0, PRIMARY KEY (employee_id, project_code)) WITHOUT ROWID;
CREATE TABLE log (at TEXT, what TEXT);
CREATE VIEW rich AS SELECT * FROM employees WHERE salary > 100;
CREATE TABLE "Städte & Orte" ("Größe" INTEGER, "1st" TEXT, "名" TEXT, name TEXT PRIMARY KEY);
INSERT INTO companies (id, "company name", founded, created_at, rating) VALUES (1, 'Acme', '1949-04-03', '2024-01-01 10:00:00', 4.5), (2, 'Borealis', NULL, '2024-01-02 10:00:00', NULL);
INSERT INTO employees (id, first_name, last_name, email, salary, company_id, manager) VALUES (1, 'Ada', 'Joubert', 'ada@acme.example', 52000, 1, NULL), (2, 'Bo', 'Smith', 'bo@acme.example', 610.5, 1, 1);
INSERT INTO projects VALUES ('X1', 'Launch', 1, 2, '{"a":1}');
INSERT INTO assignments VALUES (1, 'X1', 5), (2, 'X1', 7);
INSERT INTO "Städte & Orte" VALUES (3, 'a', 'b', 'Zürich');
`;

/** Texts that need quotes as a part of a key, or look as if they did. */
export const awkwardParts = [
  'plain',
  'é',
  'a b',
  'a\u00a0b',
  'a\u000bb',
  'a\u3000b',
  'a&b',
  '[b]',
  "o'k",
  '"',
  'a"b',
  'a\\',
  'a \\',
  'a \\\\',
  'a\\"b\\\\"',
  'a\nb\\"',
  '*',
  '?',
  '^',
  '-',
];
