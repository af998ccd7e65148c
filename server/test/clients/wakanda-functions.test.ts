// Methods as a program written for Wakanda calls them: of a class, of collections and of entities.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { dialects, idsOf, openProgram, refusal, type DataClass, type Entity, type Program } from './wakanda.ts';

/** Methods that the client adds to its objects. */
type Methods = Readonly<Record<string, (...args: readonly unknown[]) => Promise<unknown>>>;
const methodsOf = (object: object): Methods => object as Methods;

interface Collection {
  readonly entities: readonly Entity[];
  readonly _count: number;
}

for (const dialect of dialects)
  describe(`methods with the client of Wakanda, dialect ${dialect}`, () => {
    let program: Program;
    let Company: DataClass;
    let Employee: DataClass;

    before(async () => {
      program = await openProgram(dialect, 'functions');
      ({ Company, Employee } = program);
    });
    after(() => program.close());

    test('of a class', async () => {
      assert.equal(await methodsOf(Employee)['ofClass']?.(), 'Employee');
      assert.equal(methodsOf(Employee)['secret'], undefined, 'private methods are not there');
    });

    test('of an entity, with a parameter', async () => {
      const ada = await Employee.find(1);
      assert.equal(await methodsOf(ada)['greet']?.('Hi'), 'Hi Ada');
      assert.equal(await methodsOf(ada)['greet']?.(), 'Hello Ada');
    });

    test('of an entity, giving an entity', async () => {
      const boss = (await methodsOf(await Employee.find(2))['boss']?.()) as Entity;
      assert.deepEqual([boss['ID'], boss['lastName'], boss._key], [1, 'Joubert', '1']);
    });

    test('of a collection', async () => {
      const some = await Employee.query({ filter: 'salary > 60000', orderBy: 'salary desc' });
      assert.deepEqual(await methodsOf(some)['keys']?.(), [10, 12, 2]);
    });

    test('of a collection, giving a collection', async () => {
      const some = await Employee.query({ filter: 'ID < 4' });
      const same = (await methodsOf(some)['self']?.()) as Collection;
      assert.deepEqual([idsOf(same.entities), same._count], [[1, 2, 3], 3]);
    });

    test('of a related collection', async () => {
      const borealis = await Company.find(11, { select: 'staff' });
      assert.deepEqual(await methodsOf(borealis['staff'] as object)['keys']?.(), [4, 5, 6]);
    });

    test('a method that throws', async () => {
      const [lost, same] = [await Employee.find(3), await Employee.find(3)];
      await same.delete();
      await assert.rejects(methodsOf(lost)['greet']?.() as Promise<unknown>, refusal(1543));
    });
  });
