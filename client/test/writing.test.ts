// What a program writes through the client: entities, conflicts, locks, pictures, files.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { ConflictError, createClient, LockedError, RequestError, StampError, ValidationError } from '@keystamp/client';
import { Fixture } from '../../server/test/wire/fixture.ts';
import { picture } from '../../server/test/wire/pictures.ts';
import { openClient, type Opened } from './open-client.ts';

/** What a promise was rejected with. */
const failure = async <E>(work: Promise<unknown>, kind: abstract new (...args: never) => E): Promise<E> => {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof kind, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'it did not fail' });
};

describe('writing', () => {
  let opened: Opened;
  let ds: Opened['ds'];

  before(async () => {
    opened = await openClient();
    ({ ds } = opened);
  });
  after(async () => {
    await opened.close();
  });

  test('a new entity, with a relation and null in what was not given', async () => {
    const mia = ds.Employee.create({ lastName: 'Lund', employer: await ds.Company.get(11) });
    assert.equal(mia.isNew(), true);
    await mia.save();
    assert.deepEqual([mia.isNew(), mia.__STAMP, mia.active, mia.salary], [false, 1, true, null]);
    assert.deepEqual(mia.changes(), {});
    await mia.save({ employer: 7, salary: 100 });
    assert.deepEqual([mia.companyID, mia.salary, mia.__STAMP], [7, 100, 2]);
    await mia.save();
    assert.equal(mia.__STAMP, 2, 'nothing changed, nothing was saved');
    await mia.delete();
  });

  test('only what changed is sent; changes inside an object are seen', async () => {
    const ada = await ds.Employee.get(1);
    (ada.spec as { tags: string[] }).tags.push('lead');
    assert.deepEqual(ada.changes(), { spec: { size: 38, tags: ['mentor', 'travel', 'lead'] } });
    await ada.save();
    assert.deepEqual((await ds.Employee.get(1)).spec, { size: 38, tags: ['mentor', 'travel', 'lead'] });
  });

  test('what is set while a save is on its way stays set, and saves wait for each other', async () => {
    const eva = await ds.Employee.get(5);
    const first = eva.save({ salary: 1 });
    await Promise.resolve();
    const second = eva.save({ salary: 2 });
    eva.notes = 'later';
    await Promise.all([first, second]);
    assert.equal(eva.notes, 'later');
    await eva.save();
    const stored = await ds.Employee.get(5);
    assert.deepEqual([stored.salary, stored.notes], [2, 'later']);
  });

  test('a conflict carries theirs and mine, and ends either way', async () => {
    const mine = await ds.Employee.get(2);
    const theirs = await opened.another().Employee.get(2);
    await theirs.save({ salary: 70_000, notes: 'raised' });
    const error = await failure(mine.save({ salary: 65_000 }), ConflictError);
    assert.deepEqual(error.mine, { salary: 65_000 });
    assert.deepEqual([error.theirs['salary'], error.theirs['notes'], error.theirs.__STAMP], [70_000, 'raised', 2]);
    assert.deepEqual([mine.salary, mine.notes], [61_000, null], 'given to the save alone');
    await error.resolve('mine');
    assert.deepEqual([mine.salary, mine.notes, mine.__STAMP], [65_000, 'raised', 3]);

    await theirs.reload();
    await theirs.save({ salary: 1 });
    await (await failure(mine.save({ salary: 2 }), ConflictError)).resolve('theirs');
    assert.deepEqual([mine.salary, mine.changes()], [1, {}]);

    await theirs.save({ salary: 3 });
    await (await failure(mine.save({ salary: 4 }), ConflictError)).resolve({ salary: 5 });
    assert.equal((await ds.Employee.get(2)).salary, 5);
    await failure(theirs.delete(), StampError);
  });

  test('a value that breaks a rule', async () => {
    const ada = await ds.Employee.get(1);
    const error = await failure(ada.save({ salary: 1_000_000 }), ValidationError);
    assert.deepEqual([error.code, error.entries.length, error.status], [1569, 3, 400]);
    assert.deepEqual(ada.changes(), {}, 'values of a save that is refused are not left behind');
    await ada.save({ notes: 'still to be saved' });
    await failure(ada.set({ salary: 1_000_000 }).save(), ValidationError);
    assert.equal(ada.salary, 1_000_000, 'what was set stays set');
    const refused = ada.save({ salary: -1, email: 'x'.repeat(121), notes: 'refused' });
    await Promise.resolve();
    ada.notes = 'set meanwhile';
    await failure(refused, ValidationError);
    assert.deepEqual([ada.salary, ada.email, ada.notes], [52_000, 'ada@acme.example', 'set meanwhile']);
    await failure(ada.set({ salary: 1_000_000 }).validate(), ValidationError);
    await ada.reload();
    const twin = await failure(
      ds.Employee.create({ lastName: 'x', email: 'ada@acme.example' }).save(),
      ValidationError,
    );
    assert.equal(twin.status, 409);
  });

  test('a lock keeps others out until it is given back', async () => {
    const mine = await ds.Employee.get(6);
    const theirs = await opened.another().Employee.get(6);
    await mine.lock();
    await failure(theirs.lock(), LockedError);
    await failure(theirs.save({ notes: 'no' }), LockedError);
    await mine.save({ notes: 'yes' });
    await mine.unlock();
    await theirs.lock();
    await theirs.unlock();
  });

  test('locks asked at once by a new client are all held by one session', async () => {
    const fresh = opened.another();
    const [a, b] = await Promise.all([fresh.Employee.get(7), fresh.Employee.get(8)]);
    await Promise.all([a.lock(), b.lock()]);
    await Promise.all([a.save({ notes: 'a' }), b.save({ notes: 'b' })]);
    await Promise.all([a.unlock(), b.unlock()]);
  });

  test('a picture given as bytes, straight and by save; its URL is always the current one', async () => {
    const ada = await ds.Employee.get(1);
    const early = await ds.Employee.get(1, { attributes: ['photo'] });
    const url = (): string | undefined => ds.image(early, 'photo', { width: 80, format: 'webp' });
    assert.match(url() ?? '', /\$imageformat=webp&\$version=1&\$expand=photo&\$imagewidth=80$/);
    await ada.save({ photo: new Blob([new Uint8Array(await picture('png'))], { type: 'image/png' }) });
    assert.match(url() ?? '', new RegExp(`\\$version=${ada.__STAMP}&`));
    const answer = await fetch(url() as string);
    assert.deepEqual([answer.headers.get('Content-Type'), answer.status], ['image/webp', 200]);
    assert.match(answer.headers.get('Cache-Control') ?? '', /immutable/);

    const stamp = ada.__STAMP;
    await ada.write('photo', new Uint8Array(await picture('jpeg')));
    assert.equal(ada.__STAMP, stamp + 1);
    assert.match(url() ?? '', new RegExp(`\\$version=${stamp + 1}&`));
    assert.match(
      ds.srcset(early, 'photo', { widths: [80, 160], ratio: 0.5, fit: 'cover' }) ?? '',
      /\$imagewidth=80&\$imageheight=40&\$imagefit=cover 80w, .*\$imagewidth=160&\$imageheight=80&\$imagefit=cover 160w$/,
    );
    await ada.save({ photo: null });
    assert.deepEqual([ada.photo, ds.image(ada, 'photo')], [null, undefined]);
    assert.equal(await early.photo?.blob(), undefined);
  });

  test('a stream into a BLOB, and its bytes back', async () => {
    const acme = await ds.Company.get(7);
    await acme.save({ brochure: new Blob(['%PDF-1.4 …']).stream() });
    assert.equal(await (await acme.brochure?.blob())?.text(), '%PDF-1.4 …');
    await acme.write('brochure', new Blob(['<b>new</b>'], { type: 'text/html' }));
    assert.equal(await (await acme.brochure?.blob())?.text(), '<b>new</b>');
  });

  test('an upload that is refused leaves the entity as it is', async () => {
    const eva = await ds.Employee.get(5);
    const error = await failure(eva.save({ photo: new Blob(['no picture'], { type: 'image/png' }) }), ValidationError);
    assert.equal(error.code, 1824);
    assert.deepEqual(eva.changes(), {});
    assert.equal((await ds.Employee.get(5)).photo, null);
  });
});

test('keys of several parts and with any character', async () => {
  const fixture = await Fixture.open('stamps', { conversionSeconds: '120' });
  const ds = createClient({ url: `http://127.0.0.1:${await fixture.port(1)}/rest` });
  const page = await ds.dataClass('Page').get(['Atlas, vol. 1', 3]);
  assert.equal(page.__KEY, '"Atlas, vol. 1"&3');
  const odd = `a&"b"/(c)? 'd' é\\`;
  for (const book of [odd, 'plain', '7&8']) {
    const made = await ds.dataClass('Page').create({ book, number: 1 }).save();
    assert.equal((await ds.dataClass('Page').get([book, 1]))['book'], book);
    assert.equal((await ds.dataClass('Page').get(made.__KEY as string))['book'], book);
    await made.reload();
    await made.write('scan', new Uint8Array(await picture('png')));
    assert.equal((await made['scan'].blob()).type, 'image/png');
    await made.lock();
    await made.unlock();
    await made.delete();
  }
  await fixture.close();
});

test('a new entity that is saved along with another one is sent as if it was saved alone', async () => {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    for await (const chunk of request) bodies.push(String(chunk));
    response.writeHead(400).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const ds = createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/rest` });
  const owner = ds.dataClass('Owner').create({ number: 2n ** 60n });
  await assert.rejects(ds.dataClass('Boat').create({ owner }).save(), RequestError);
  assert.deepEqual(JSON.parse(bodies.join('')), { __ISNEW: true, owner: { number: '1152921504606846976' } });
  server.close();
});
