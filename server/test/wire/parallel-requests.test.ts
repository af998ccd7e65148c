// A session has so many requests at one time; others, and pictures, are not counted (spec 13 § 8.2).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Fixture } from './fixture.ts';
import { send, type Answer } from './send.ts';

let fixture: Fixture;
let port: number;

before(async () => {
  fixture = await Fixture.open('users', { maxParallelRequests: '2' });
  port = await fixture.port(1);
});
after(async () => {
  await fixture.close();
});

const ask = (method: string, url: string, cookie?: string, body?: string): Promise<Answer> =>
  send(port, { method, url, headers: cookie === undefined ? [] : [['Cookie', cookie]], ...(body !== undefined && { body: Buffer.from(body) }) }); // oxfmt-ignore

test('past the limit the answer is 429, for this session alone', async () => {
  const login = await ask('POST', '/rest/$directory/login', undefined, '["amina","secret"]');
  const cookie = String(login.headers['set-cookie']?.[0]).split(';')[0] as string;
  const wait = (name: string): Promise<Answer> => ask('POST', '/rest/$catalog/lendAndWait', cookie, `["${name}"]`);
  const waiting = [wait('a'), wait('b')];
  let refused: Answer;
  do refused = await ask('GET', '/rest/Note(1)?$attributes=text', cookie);
  while (refused.status === 200);
  assert.equal(refused.status, 429);
  assert.equal(refused.headers['retry-after'], '1');
  assert.match(refused.body.toString(), /"Too many: requests of one session at one time"/);
  const picture = '/rest/Note(1)/picture?$imageformat=best&$version=1&$expand=picture';
  assert.equal((await ask('GET', picture, cookie)).status, 200, 'a picture');
  assert.equal((await ask('GET', '/rest/Note(1)?$attributes=text')).status, 200, 'somebody else');
  const others = await ask('POST', '/rest/$catalog/letGo', undefined, '["a"]');
  assert.deepEqual(JSON.parse(others.body.toString()), { result: false }, 'what is lent is not lent to others');
  for (const { status, body } of await Promise.all(waiting))
    assert.deepEqual([status, body.toString()], [200, '{"result":true}']);
  assert.equal((await ask('GET', '/rest/Note(1)?$attributes=text', cookie)).status, 200, 'afterwards');
});
