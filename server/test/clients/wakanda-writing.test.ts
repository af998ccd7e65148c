// What a program written for Wakanda writes: entities, pictures, BLOBs, and what it deletes.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { picture } from '../wire/pictures.ts';
import { send } from '../wire/send.ts';
import { dialects, openProgram, refusal, type DataClass, type Program } from './wakanda.ts';

/** Bytes as the client wants a file: with their type. */
const withType = (bytes: Buffer, type: string): Buffer => Object.assign(bytes, { type });

for (const dialect of dialects)
  describe(`writing with the client of Wakanda, dialect ${dialect}`, () => {
    let program: Program;
    let Company: DataClass;
    let Employee: DataClass;

    before(async () => {
      program = await openProgram(dialect);
      ({ Company, Employee } = program);
    });
    after(() => program.close());

    describe('saving', () => {
      test('a new entity', async () => {
        const mia = Employee.create({
          firstName: 'Mia',
          lastName: "O'Neil (née Lund*)!",
          hiringDate: '29!2!2024',
          lastLogin: '2025-06-01T08:30:00.250Z',
          employer: await Company.find(11),
          spec: { quote: "it's (so) *far*!" },
        });
        await mia.save();
        assert.deepEqual([mia._key, mia._stamp, mia['ID'], mia['active']], ['13', 1, 13, true]);
        const stored = await Employee.find('13');
        assert.equal(stored['lastName'], "O'Neil (née Lund*)!");
        assert.deepEqual(stored['spec'], { quote: "it's (so) *far*!" });
        assert.deepEqual(stored['hiringDate'], new Date('2024-02-29T00:00:00.000Z'));
        assert.deepEqual(stored['lastLogin'], new Date('2025-06-01T08:30:00.250Z'));
        assert.equal(stored['employer']._key, '11');
      });

      test('changes, and nothing else', async () => {
        const eva = await Employee.find(5);
        const mate = await Employee.find(5);
        eva['salary'] = 46000;
        await eva.save();
        assert.deepEqual([eva._stamp, eva['salary'], eva['lastName']], [2, 46000, 'Lopez']);
        await mate.fetch();
        assert.deepEqual([mate._stamp, mate['salary']], [2, 46000]);
      });

      test('dates of both kinds, and null', async () => {
        const dag = await Employee.find(4);
        dag['hiringDate'] = new Date('2020-02-29T00:00:00.000Z');
        dag['lastLogin'] = new Date('2025-06-01T07:00:00.000Z');
        await dag.save();
        const stored = await Employee.find(4);
        assert.deepEqual(stored['hiringDate'], new Date('2020-02-29T00:00:00.000Z'));
        assert.deepEqual(stored['lastLogin'], new Date('2025-06-01T07:00:00.000Z'));
        stored['lastLogin'] = null;
        stored['hiringDate'] = null;
        await stored.save();
        assert.deepEqual([stored['lastLogin'], stored['hiringDate'], stored._stamp], [null, null, 3]);
        await dag.fetch();
        assert.deepEqual([dag['lastLogin'], dag['hiringDate']], [null, null]);
      });

      test('an object', async () => {
        const dag = await Employee.find(4);
        dag['spec'].size = 45;
        const stamp = dag._stamp;
        await dag.save();
        assert.equal(dag._stamp, stamp + 1);
        assert.deepEqual((await Employee.find(4))['spec'], { size: 45, tags: [] });
      });

      test('nothing changed: the stamp stays', async () => {
        const femi = await Employee.find(6);
        await femi.save();
        assert.deepEqual([femi._stamp, femi['lastName'], femi['employer']._key], [1, 'Okoro', '11']);
      });

      test('a stamp that is no longer the stored one', async () => {
        const [first, second] = [await Employee.find(8), await Employee.find(8)];
        first['salary'] = 59000;
        await first.save();
        second['salary'] = 60000;
        await assert.rejects(second.save(), refusal(1263, 1046, 1517));
        assert.equal((await Employee.find(8))['salary'], 59000);
        await second.fetch();
        second['salary'] = 60000;
        await second.save();
        assert.equal(second._stamp, 3);
      });

      test('a value that the model does not allow', async () => {
        const hana = await Employee.find(8);
        hana['salary'] = 300_000;
        await assert.rejects(hana.save(), refusal(1569, 1570, 1517));
        await assert.rejects(Employee.create({ lastName: 'No', salary: 300_000 }).save(), refusal(1569, 1570, 1534));
      });

      test('a related entity, another one, none', async () => {
        const kai = await Employee.find(11);
        kai['employer'] = await Company.find(13);
        await kai.save();
        assert.deepEqual([kai['employer']._key, kai['employer'].name, kai['companyID']], ['13', 'Delta', 13]);
        kai['employer'] = await Company.find(12);
        await kai.save();
        assert.equal((await Employee.find(11))['employer']._key, '12');
        kai['employer'] = null;
        await kai.save();
        assert.deepEqual([kai['employer'], kai['companyID']], [null, null]);
      });

      test('expanded relations come back expanded', async () => {
        const jo = await Employee.find(10, { select: 'employer' });
        jo['salary'] = 72000;
        await jo.save();
        assert.deepEqual([jo['employer']._deferred, jo['employer'].name], [false, 'Acme']);
      });

      test('recompute tells defaults and values, and stores nothing', async () => {
        const count = (await Employee.query())._count;
        const fresh = await Employee.create({ ID: null, lastName: 'Draft' }).recompute();
        assert.deepEqual([fresh._stamp, fresh['active'], fresh['lastName']], [0, true, 'Draft']);
        const lea = await Employee.find(12);
        lea['salary'] = 1;
        await lea.recompute();
        assert.deepEqual([lea._stamp, lea['salary']], [1, 1]);
        assert.equal((await Employee.find(12))['salary'], 64000);
        assert.equal((await Employee.query())._count, count);
        await lea.save();
        assert.deepEqual([lea._stamp, (await Employee.find(12))['salary']], [2, 1]);
      });
    });

    describe('pictures and BLOBs', () => {
      const bytesAt = async (uri: string): Promise<Buffer> => {
        const { status, body } = await send(program.port, { method: 'GET', url: uri, headers: [] });
        assert.equal(status, 200);
        return body;
      };

      test('none, uploaded, replaced, removed', async () => {
        const eva = await Employee.find(5);
        assert.equal(eva['photo'].uri, null);
        await eva['photo'].upload(withType(Buffer.from(await picture('png')), 'image/png'));
        const first = String(eva['photo'].uri);
        const stamp = eva._stamp;
        assert.match(first, /^\/rest\/Employee\(5\)\/photo\?\$imageformat=best&\$version=\d+&\$expand=photo$/);
        assert.deepEqual(await bytesAt(first), await picture('png'));

        await eva['photo'].upload(withType(Buffer.from(await picture('jpeg')), 'image/jpeg'));
        assert.notEqual(eva['photo'].uri, first);
        assert.equal(eva._stamp, stamp + 1);
        assert.deepEqual(await bytesAt(eva['photo'].uri), await picture('jpeg'));

        await eva['photo'].delete();
        assert.deepEqual([eva['photo'].uri, eva._stamp], [null, stamp + 2]);
        eva['salary'] = 47000;
        await eva.save();
        assert.equal(eva._stamp, stamp + 3);
      });

      test('a picture changed by another: the removal is refused', async () => {
        const [first, second] = [await Employee.find(9), await Employee.find(9)];
        await first['photo'].upload(withType(Buffer.from(await picture('png')), 'image/png'));
        await assert.rejects(second['photo'].delete(), refusal(1263, 1046, 1517));
      });

      test('bytes that are no picture', async () => {
        const eva = await Employee.find(5);
        const text = withType(Buffer.from('not a picture'), 'image/png');
        await assert.rejects(eva['photo'].upload(text), refusal(1824));
      });

      test('a BLOB', async () => {
        const acme = await Company.find(7);
        const bytes = Buffer.from([0, 1, 2, 255, 254, 10, 13]);
        await acme['brochure'].upload(withType(Buffer.from(bytes), 'application/pdf'));
        assert.deepEqual(await bytesAt(acme['brochure'].uri), bytes);
        await acme['brochure'].delete();
        assert.equal(acme['brochure'].uri, null);
      });
    });

    describe('deleting', () => {
      test('twice: the second time there is nothing', async () => {
        const gustav = await Employee.find(7);
        const again = await Employee.find(7);
        await gustav.delete();
        await assert.rejects(again.delete(), refusal(1543));
        await assert.rejects(Employee.find(7), refusal(1543));
      });

      test('saving what is gone', async () => {
        const sand = await Employee.find(9);
        await (await Employee.find(9)).delete();
        sand['salary'] = 1;
        await assert.rejects(sand.save(), refusal(1542, 1517));
      });

      test('a deleted entity keeps its place in a set', async () => {
        const page = await Employee.query({ filter: 'ID < 4' });
        await (await Employee.find(3)).delete();
        await page.fetch();
        assert.deepEqual([page._count, page.entities.map(({ _key }) => _key)], [3, ['1', '2', undefined]]);
      });
    });
  });
