// Tables of other programs behind the API: stamps beside them, or columns and triggers in them.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Readable } from 'node:stream';
import Database from 'better-sqlite3';
import { readConfig } from '../../../src/config.ts';
import { modelOfDatabase } from '../../../src/keeping/model-of-database.ts';
import { printFault } from '../../../src/keeping/fault.ts';
import { fsck } from '../../../src/keeping/fsck.ts';
import { openKeystamp, type Keystamp } from '../../../src/keystamp.ts';
import { buildModel } from '../../../src/model/load.ts';
import type { Model } from '../../../src/model/model.ts';
import { introspectFile } from '../../../src/store/sqlite/introspect.ts';
import { awkwardParts, makeDatabase, shop } from './awkward.ts';
import { newFolder, removeFolders } from './keeping-data.ts';

after(removeFolders);

interface Opened {
  readonly file: string;
  readonly model: Model;
  readonly keystamp: Keystamp;
  readonly ask: (method: string, url: string, body?: object) => Promise<Record<string, unknown>>;
  /** What another program does to the file. */
  readonly other: (text: string) => void;
  readonly value: (text: string) => unknown;
}

async function open(
  how: 'side' | 'shared',
  change: (definition: object) => object = (same) => same,
  tables = shop,
): Promise<Opened> {
  const folder = newFolder();
  const file = join(folder, 'app.db');
  makeDatabase(file, tables);
  const model = buildModel(change(modelOfDatabase(introspectFile(file), how).definition));
  const config = readConfig({ data: join(folder, 'data'), database: file, converters: 1, logLevel: 'silent' });
  const faults: unknown[] = [];
  const keystamp = await openKeystamp(model, config, (event) => {
    if (event.kind === 'failed') faults.push(event.cause);
  });
  const use = <T>(work: (database: Database.Database) => T): T => {
    const database = new Database(file);
    database.pragma('foreign_keys = OFF');
    try {
      return work(database);
    } finally {
      database.close();
    }
  };
  return {
    file,
    model,
    keystamp,
    async ask(method, url, body) {
      keystamp.services.engine.refresh();
      const reply = await keystamp.handle({
        method,
        url,
        headers: {},
        body: Readable.from(body ? [Buffer.from(JSON.stringify(body))] : []),
      } as never);
      assert.deepEqual(faults, []);
      return JSON.parse(Buffer.from(reply.body as Uint8Array).toString('utf8')) as Record<string, unknown>;
    },
    other: (text) => use((database) => void database.exec(text)),
    value: (text) => use((database) => database.prepare(text).pluck().get()),
  };
}

for (const how of ['side', 'shared'] as const)
  test(`${how}: read, expanded, filtered, saved with a stamp check, created, deleted`, async () => {
    const { ask, value, keystamp } = await open(how);
    try {
      const list = await ask(
        'GET',
        '/rest/Employee?$filter="company.companyName=acme"&$attributes=firstName,fullName,company.companyName,manager.firstName',
      );
      assert.equal(list['__COUNT'], 2);
      const [ada, bo] = list['__ENTITIES'] as Record<string, unknown>[];
      assert.equal(ada?.['fullName'], 'Ada Joubert');
      assert.equal((bo?.['manager'] as Record<string, unknown> | undefined)?.['firstName'], 'Ada');
      assert.equal(bo?.['__STAMP'], 1);

      const saved = await ask('POST', '/rest/Employee?$method=update', { __KEY: '2', __STAMP: 1, salary: 700 });
      assert.equal(saved['__STAMP'], 2, JSON.stringify(saved));
      const broken = await ask('POST', '/rest/Company?$method=update', { __KEY: '2', companyName: null });
      assert.equal((broken['__STATUS'] as Record<string, unknown>)['success'], false);
      const stale = await ask('POST', '/rest/Employee?$method=update', { __KEY: '2', __STAMP: 1, salary: 800 });
      assert.equal((stale['__STATUS'] as Record<string, unknown>)['status'], 2);
      assert.equal(value('SELECT salary FROM employees WHERE id = 2'), 700);

      const made = await ask('POST', '/rest/Employee?$method=update', { firstName: 'Cy', company: '2' });
      assert.equal(made['__KEY'], '3', JSON.stringify(made));
      assert.equal(made['__STAMP'], 1);
      assert.equal(value('SELECT company_id FROM employees WHERE id = 3'), 2);
      assert.deepEqual(await ask('POST', '/rest/Employee(3)?$method=delete'), { ok: true });
      assert.equal(value('SELECT count(*) FROM employees'), 2);

      const pair = await ask('POST', '/rest/Assignment?$method=update', { __KEY: '1&X1', hours: 9 });
      assert.equal(pair['__STAMP'], 2, JSON.stringify(pair));
      assert.equal(value("SELECT hours FROM assignments WHERE employee_id = 1 AND project_code = 'X1'"), 9);
      const place = await ask('POST', '/rest/StadteOrte?$method=update', { __KEY: 'Zürich', grosse: 4 });
      assert.equal(place['__STAMP'], 2);
      assert.equal(value(`SELECT "Größe" FROM "Städte & Orte"`), 4);
      // Counted again although it was counted before.
      assert.equal((await ask('GET', '/rest/Employee?$top=1'))['__COUNT'], 2);
      await ask('POST', '/rest/Employee?$method=update', { firstName: 'Di' });
      assert.equal((await ask('GET', '/rest/Employee?$top=1'))['__COUNT'], 3);
    } finally {
      await keystamp.close();
    }
  });

test('side: the tables of the other program are as they were', async () => {
  const { value, keystamp, other } = await open('side');
  try {
    for (const table of ['companies', 'employees', 'projects', 'assignments'])
      assert.equal(
        value(`SELECT count(*) FROM pragma_table_info('${table}') WHERE name LIKE '\\_\\_%' ESCAPE '\\'`),
        0,
      );
    assert.equal(
      value("SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' OR (type = 'index' AND name LIKE '% index')"),
      0,
    );
    other(
      "INSERT INTO employees (first_name) VALUES ('Zed'); UPDATE employees SET salary = 1; DELETE FROM employees WHERE id = 3",
    );
  } finally {
    await keystamp.close();
  }
});

const tracking = (definition: object): object => {
  const { dataClasses, ...rest } = definition as { dataClasses: Record<string, { attributes: object }> };
  const { Employee, Assignment, ...others } = dataClasses;
  return {
    ...rest,
    dataClasses: {
      Employee: { ...Employee, track: true, attributes: { ...Employee?.attributes, photo: { type: 'image' } } },
      Assignment: { ...Assignment, track: true },
      ...others,
    },
  };
};

test('shared: writes of other programs move stamps, numbers of changes and versions, without anything of Keystamp', async () => {
  const { ask, other, value, keystamp, model } = await open('shared', tracking);
  try {
    const start = Number((await ask('GET', '/rest/Employee?$top=0'))['__GlobalStamp']);
    other(
      "UPDATE employees SET salary = 999 WHERE id = 1; UPDATE employees SET salary = 999 WHERE id = 1; INSERT INTO employees (first_name) VALUES ('Zed'); DELETE FROM assignments WHERE employee_id = 1",
    );
    const changed = await ask(
      'GET',
      `/rest/Employee?$filter="__GlobalStamp >= ${start}"&$attributes=firstName,__GlobalStamp`,
    );
    const entities = (changed['__ENTITIES'] as Record<string, unknown>[]).map(({ __TIMESTAMP, ...entity }) => {
      assert.ok(Math.abs(Date.parse(String(__TIMESTAMP)) - Date.now()) < 600_000);
      return entity;
    });
    assert.deepEqual(
      entities,
      [
        { __KEY: '1', __STAMP: 2, firstName: 'Ada', __GlobalStamp: start },
        { __KEY: '3', __STAMP: 1, firstName: 'Zed', __GlobalStamp: start + 1 },
      ],
      'a write of the same value moves nothing',
    );
    const deleted = await ask('GET', '/rest/__DeletedRecords?$attributes=__PrimaryKey,__TableName,__Stamp');
    assert.deepEqual(
      (deleted['__ENTITIES'] as Record<string, unknown>[]).map((row) => [
        row['__PrimaryKey'],
        row['__TableName'],
        row['__Stamp'],
      ]),
      [['1&X1', 'Assignment', start + 2]],
    );

    // Keystamp's own writes count once.
    const saved = await ask('POST', '/rest/Employee?$method=update', { __KEY: '1', __STAMP: 2, salary: 5 });
    assert.equal(saved['__STAMP'], 3);
    assert.equal(saved['__GlobalStamp'], start + 3);
    await ask('POST', '/rest/Employee(3)?$method=delete');
    assert.equal((await ask('GET', '/rest/__DeletedRecords'))['__COUNT'], 2);
    other("INSERT INTO employees (id, first_name) VALUES (3, 'Back'); UPDATE employees SET id = 30 WHERE id = 2");
    const now = await ask('GET', '/rest/__DeletedRecords?$attributes=__PrimaryKey');
    assert.deepEqual(
      (now['__ENTITIES'] as Record<string, unknown>[]).map((row) => row['__PrimaryKey']),
      ['1&X1', '2'],
    );
    assert.ok(Number(value('SELECT __base FROM employees WHERE id = 3')) >= 1, 'its versions go on');
    const { left } = await fsck(keystamp.services.engine, model, undefined, () => {});
    assert.deepEqual(
      left.filter(({ kind }) => kind !== 'dangling'),
      [],
    );
  } finally {
    await keystamp.close();
  }
});

test('shared: a key that others give to another entity goes on behind the versions that it had', async () => {
  const { ask, other, value, keystamp, model } = await open('shared', tracking);
  try {
    const versions = (): unknown[] => ['__base', '__stamp'].map((column) => value(`SELECT ${column} FROM employees WHERE id = 2`)); // oxfmt-ignore
    const write = (text: string): unknown[] => {
      other(text);
      return versions();
    };
    assert.deepEqual(write('UPDATE employees SET salary = 1 WHERE id = 2; UPDATE employees SET salary = 2 WHERE id = 2'), [0, 3]); // oxfmt-ignore
    other('DELETE FROM employees WHERE id = 2');
    assert.deepEqual(write('UPDATE employees SET id = 2 WHERE id = 1'), [3, 2], 'by another key');
    assert.deepEqual(write('UPDATE employees SET id = 9 WHERE id = 2; UPDATE employees SET id = 2 WHERE id = 9'), [5, 4]); // oxfmt-ignore
    assert.deepEqual(write("REPLACE INTO employees (id, first_name) VALUES (2, 'Di')"), [9, 1], 'in its place');
    assert.deepEqual(write("INSERT OR IGNORE INTO employees (id, first_name) VALUES (2, 'Ed')"), [9, 1]);
    assert.deepEqual(write("INSERT INTO employees (id, first_name) VALUES (2, 'Fe') ON CONFLICT (id) DO UPDATE SET first_name = 'Fe'"), [9, 2]); // oxfmt-ignore
    const made = await ask('POST', '/rest/Employee?$method=update', { firstName: 'Gil' });
    assert.equal(made['__STAMP'], 1, JSON.stringify(made));
    const { left } = await fsck(keystamp.services.engine, model, undefined, () => {});
    assert.deepEqual(left.filter(({ kind }) => kind !== 'dangling').map(printFault), []);
  } finally {
    await keystamp.close();
  }
});

test('shared: what others delete is remembered under its __KEY, whatever its parts hold', async () => {
  const { ask, other, keystamp } = await open('shared', tracking);
  try {
    other('DELETE FROM assignments; DELETE FROM keystamp_deleted_record');
    const text = (part: string): string => `'${part.replaceAll("'", "''")}'`;
    other(`INSERT INTO assignments (employee_id, project_code) VALUES ${awkwardParts.map((part) => `(1, ${text(part)})`).join(', ')}, (1, '')`); // oxfmt-ignore
    const there = await ask('GET', '/rest/Assignment?$attributes=hours');
    other('DELETE FROM assignments');
    const gone = await ask('GET', '/rest/__DeletedRecords?$attributes=__PrimaryKey');
    const listed = (answer: Record<string, unknown>, name: string): string[] =>
      (answer['__ENTITIES'] as Record<string, string>[]).map((entity) => entity[name] as string).toSorted();
    assert.equal(listed(there, '__KEY').length, awkwardParts.length + 1);
    assert.deepEqual(listed(gone, '__PrimaryKey'), listed(there, '__KEY'));
    other(`INSERT INTO assignments (employee_id, project_code) VALUES (1, ${text(awkwardParts.at(-6) as string)})`);
    assert.equal((await ask('GET', '/rest/__DeletedRecords'))['__COUNT'], awkwardParts.length, 'it is there again');
  } finally {
    await keystamp.close();
  }
});

const things =
  'CREATE TABLE things (id REAL PRIMARY KEY, n INTEGER); INSERT INTO things VALUES (1, 5), (2.5, 6), (3e9, 7), (4.367573713536263, 7), (684932.0538923043, 7), (0.30000000000000004, 7)';

for (const how of ['side', 'shared'] as const)
  test(`${how}: stamps of entities whose keys are numbers that may have fractions`, async () => {
    const { ask, other, keystamp } = await open(
      how,
      (definition) => {
        const { dataClasses, ...rest } = definition as { dataClasses: { Thing: object } };
        return { ...rest, dataClasses: { Thing: { ...dataClasses.Thing, track: how === 'shared' } } };
      },
      things,
    );
    try {
      const keys = ['1', '2.5', '3000000000', '4.367573713536263', '684932.0538923043', '0.30000000000000004'];
      for (const __KEY of keys) {
        const saved = await ask('POST', '/rest/Thing?$method=update', { __KEY, __STAMP: 1, n: 8 });
        assert.equal(saved['__STAMP'], 2, __KEY);
        const stale = await ask('POST', '/rest/Thing?$method=update', { __KEY, __STAMP: 1, n: 9 });
        assert.equal((stale['__STATUS'] as Record<string, unknown>)['status'], 2, __KEY);
      }
      if (how === 'side') return;
      other('DELETE FROM things');
      const gone = await ask('GET', '/rest/__DeletedRecords?$attributes=__PrimaryKey');
      assert.deepEqual(
        (gone['__ENTITIES'] as Record<string, unknown>[]).map((row) => row['__PrimaryKey']).toSorted(),
        keys.toSorted(),
      );
    } finally {
      await keystamp.close();
    }
  });

test('what an adopted table needs is refused where stamps are beside it', () => {
  const broken = {
    dataClasses: {
      A: {
        stamps: 'side',
        shared: true,
        track: true,
        attributes: {
          id: { type: 'long', primKey: true },
          photo: { type: 'image' },
          text: { type: 'string', keywords: true },
          b: { kind: 'relatedEntity', dataClass: 'A' },
        },
      },
    },
  };
  assert.throws(
    () => buildModel(broken),
    (error: Error) =>
      /A\.track: needs columns/.test(error.message) &&
      /A\.shared: moves/.test(error.message) &&
      /A\.photo: needs columns/.test(error.message) &&
      /A\.text\.keywords/.test(error.message) &&
      /A\.b: needs a foreignKey/.test(error.message),
  );
});
