// Transactions and locks of code: nested ones, errors inside, open ones at the end, calls beside each other.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { KeystampError } from 'keystamp';
import { saveEntity } from '../../src/orm/save.ts';
import type { StorageDef } from '../../src/model/model.ts';
import { ds, openProgram, type Program } from './program.ts';

let program: Program;
before(async () => {
  program = await openProgram();
});
after(() => program.close());
beforeEach(() =>
  program.run(async () => {
    await ds.Company.query('ID > 3').drop();
  }),
);

/** Few seconds for transactions of this test alone: on a crowded machine the others may take their time. */
function hurry(t: TestContext): void {
  const config = program.keystamp.services.config as { transactionSeconds: number };
  const { transactionSeconds } = config;
  config.transactionSeconds = 1;
  t.after(() => void (config.transactionSeconds = transactionSeconds));
}

const add = (name: string): Promise<unknown> => ds.Company.new({ name }).save();
const companies = (): Promise<unknown[]> => program.run(() => ds.Company.query('ID > 3 order by name').extract('name'));

test('all of it or nothing', async () => {
  await program.run(() => ds.transaction(() => add('A')));
  await assert.rejects(
    program.run(() =>
      ds.transaction(async () => {
        await add('B');
        throw new Error('no');
      }),
    ),
    /no/,
  );
  assert.deepEqual(await companies(), ['A']);
});

test('inside, code sees what it wrote, outside nobody does', async () => {
  await program.run(() =>
    ds.transaction(async () => {
      await add('A');
      assert.equal(await ds.Company.query('name = A').length(), 1);
      assert.equal((await ds.Company.query('name = A').first())?.name, 'A');
      assert.equal(await ds.Company.query('name = A').sum('ID'), await ds.Company.query('name = A').max('ID'));
      assert.equal(await ds.Employee.getCount(), 6);
      const row = await program.keystamp.services.engine.row((await import('../../src/store/sql/sql.ts')).raw(`SELECT count(*) AS n FROM "Company" WHERE "name" = 'A'`)); // oxfmt-ignore
      assert.equal(row?.['n'], 0);
    }),
  );
  assert.deepEqual(await companies(), ['A']);
});

test('nested: the inner one fails alone, the outer one takes all with it', async () => {
  await program.run(() =>
    ds.transaction(async () => {
      await add('A');
      await assert.rejects(
        ds.transaction(async () => {
          await add('B');
          throw new Error('inner');
        }),
        /inner/,
      );
      await ds.transaction(() => add('C'));
    }),
  );
  assert.deepEqual(await companies(), ['A', 'C']);
  await assert.rejects(
    program.run(() =>
      ds.transaction(async () => {
        await ds.transaction(() => add('D'));
        throw new Error('outer');
      }),
    ),
    /outer/,
  );
  assert.deepEqual(await companies(), ['A', 'C']);
});

test('a failed save undoes itself alone', async () => {
  await program.run(() =>
    ds.transaction(async () => {
      await add('A');
      await assert.rejects(add('Acme'), KeystampError);
      await add('B');
    }),
  );
  assert.deepEqual(await companies(), ['A', 'B']);
});

test('units of one transaction that run beside each other keep out of each other’s way', async () => {
  await program.run(() =>
    ds.transaction(async () => {
      const made = await Promise.allSettled(['A', 'Acme', 'B'].map(add));
      assert.deepEqual(made.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled']);
      await Promise.all([
        ds.transaction(() => add('C')),
        ds.transaction(async () => {
          await add('D');
          throw new Error('d');
        }).catch(() => undefined),
      ]);
    }),
  );
  assert.deepEqual(await companies(), ['A', 'B', 'C']);
}); // oxfmt-ignore

test('started, validated, cancelled', async () => {
  await program.run(async () => {
    await ds.startTransaction();
    await add('A');
    await ds.startTransaction();
    await add('B');
    await ds.cancelTransaction();
    assert.equal(await ds.Company.query('name = B').length(), 0);
    await ds.startTransaction();
    await add('C');
    await ds.validateTransaction();
    await ds.validateTransaction();
    await ds.startTransaction();
    await add('D');
    await ds.cancelTransaction();
    await assert.rejects(ds.validateTransaction(), /No transaction/);
    await assert.rejects(ds.cancelTransaction(), /No transaction/);
  });
  assert.deepEqual(await companies(), ['A', 'C']);
});

test('one that is open at the end is rolled back and logged', async () => {
  const logged = (): number => program.events.filter(({ kind }) => kind === 'transactionLeftOpen').length;
  const before = logged();
  await program.run(async () => {
    await ds.startTransaction();
    await add('A');
    await ds.startTransaction();
    await add('B');
  });
  assert.deepEqual(await companies(), []);
  assert.equal(logged(), before + 2);
  await program.run(() => ds.transaction(async () => void (await ds.startTransaction(), await add('C'))));
  assert.deepEqual(await companies(), []);
  assert.equal(logged(), before + 3);
});

test('one that takes too long is rolled back, and what code does after it goes nowhere', async (t) => {
  hurry(t);
  let later: Promise<unknown> | undefined;
  await assert.rejects(
    program.run(() =>
      ds.transaction(async () => {
        await add('A');
        later = (async () => {
          await wait(1300);
          return add('Ghost');
        })();
        later.catch(() => undefined);
        await later;
      }),
    ),
    (error: KeystampError) => error.status === 503,
  );
  await assert.rejects(later as Promise<unknown>, /The transaction has ended/);
  assert.deepEqual(await companies(), []);
});

test('one that was started and took too long: code cannot go on without it, but cancel it', async (t) => {
  hurry(t);
  await program.run(async () => {
    await ds.startTransaction();
    await add('A');
    await wait(1100);
    await assert.rejects(add('B'), /The transaction has ended/);
    await assert.rejects(ds.validateTransaction(), (error: KeystampError) => error.status === 503);
    await add('C');
  });
  assert.deepEqual(await companies(), ['C']);
});

test('code that was part of a transaction does not go on beside it', async () => {
  let other: Promise<unknown> | undefined;
  await assert.rejects(
    program.run(() =>
      ds.transaction(async () => {
        other = wait(20).then(() => add('B'));
        await Promise.all([other, add('Acme')]);
      }),
    ),
    KeystampError,
  );
  await assert.rejects(other as Promise<unknown>, /The transaction has ended/);
  assert.deepEqual(await companies(), []);
});

test('others write while a transaction is open, after it, and are not undone with it', async () => {
  const { engine, now } = program.keystamp.services;
  const dataClass = program.keystamp.parts[0]!.model.dataClasses.get('Company')!;
  const name = dataClass.attributes.get('name') as StorageDef;
  const others: Promise<unknown>[] = [];
  await assert.rejects(
    program.run(() =>
      ds.transaction(async () => {
        await add('A');
        const change = { dataClass, values: new Map([[name, 'Other']]), media: new Map(), targets: [] };
        others.push(engine.write((tx) => saveEntity(tx, change, { now })));
        await wait(20);
        throw new Error('undo');
      }),
    ),
    /undo/,
  );
  await Promise.all(others);
  assert.deepEqual(await companies(), ['Other']);
});

test('parallel calls have transactions of their own', async () => {
  const results = await Promise.allSettled(
    ['A', 'B', 'C', 'D'].map((name, i) =>
      program.run(() =>
        ds.transaction(async () => {
          await add(name);
          await wait(5);
          if (i % 2 === 1) throw new Error(name);
        }),
      ),
    ),
  );
  assert.deepEqual(results.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled', 'rejected']);
  assert.deepEqual(await companies(), ['A', 'C']);
}); // oxfmt-ignore

test('locks: between sessions, within one, until unlocked or the end of the call', async () => {
  const [one, two] = [await program.newSession(), await program.newSession()];
  await program.run(async () => {
    const mine = (await ds.Company.get(1))!;
    assert.deepEqual(await mine.lock(), { success: true });
    assert.deepEqual(await mine.lock(), { success: true });
    await program.run(async () => {
      const theirs = (await ds.Company.get(1))!;
      const refused = await theirs.lock();
      assert.deepEqual([refused.status, refused.statusText, refused.lockKindText], [3, 'Already Locked', 'Locked by another session']); // oxfmt-ignore
      theirs.city = 'Paris';
      assert.equal((await theirs.save()).status, 3);
      assert.equal((await theirs.drop()).status, 3);
      assert.equal((await theirs.unlock()).status, 3);
      assert.equal(await (await ds.Company.query('ID in :1', [1, 99]).drop()).length(), 1);
    }, two);
    mine.city = 'Lyon 2';
    assert.deepEqual(await mine.save(), { success: true });
    assert.deepEqual(await mine.unlock(), { success: true });
    await program.run(async () => assert.equal((await (await ds.Company.get(1))!.lock()).success, true), two);
    assert.deepEqual(await mine.lock(), { success: true }, 'the lock of the other call has ended with it');
  }, one);
  await program.run(async () => assert.equal((await (await ds.Company.get(1))!.lock()).success, true), two);
});

test('a call without session locks too, against a session and against another call', async () => {
  const session = await program.newSession();
  await program.run(async () => {
    assert.deepEqual(await (await ds.Company.get(2))!.lock(), { success: true });
    await program.run(async () => assert.equal((await (await ds.Company.get(2))!.lock()).status, 3), session);
    await program.run(async () => assert.equal((await (await ds.Company.get(2))!.lock()).status, 3));
  });
  await program.run(async () => assert.equal((await (await ds.Company.get(2))!.lock()).success, true), session);
});

test('a lock notices that the entity has changed', async () => {
  await program.run(async () => {
    const mine = (await ds.Company.get(3))!;
    const other = mine.clone();
    other.city = 'Seville';
    await other.save();
    assert.equal((await mine.lock()).status, 2);
    assert.deepEqual(await mine.lock({ reloadIfStampChanged: true }), { success: true, wasReloaded: true });
    assert.equal(mine.city, 'Seville');
  });
});
