// The OpenAPI document: a validator accepts it, what a client makes of it works, and it tells nobody of what they may not
// see or do.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { OpenAPIClientAxios, type Document, type OpenAPIClient } from 'openapi-client-axios';
import { openOffice, type Office } from '../access/open-office.ts';
import { Fixture } from '../wire/fixture.ts';

interface OpenApi {
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, { readonly properties?: Readonly<Record<string, unknown>> }>>;
  };
}

let fixture: Fixture;
let origin: string;
let office: Office;

before(async () => {
  fixture = await Fixture.open('company', {});
  origin = `http://127.0.0.1:${await fixture.port(1)}`;
  office = await openOffice({ salt: 1, spies: [101], payslips: 2, vaults: 1 }, Date.now);
});

after(async () => {
  await fixture.close();
  await office?.close();
});

const fetched = async (): Promise<OpenApi> => (await (await fetch(`${origin}/rest/$openapi`)).json()) as OpenApi;

async function seenBy(role?: string): Promise<OpenApi> {
  const cookie = role === undefined ? undefined : await office.logIn(role);
  const { status, body } = await office.ask({ method: 'GET', url: '/rest/$openapi' }, cookie);
  assert.equal(status, 200);
  return JSON.parse(Buffer.from(body as Uint8Array).toString('utf8')) as OpenApi;
}

async function assertValid(document: OpenApi): Promise<void> {
  const { valid, errors } = await new Validator().validate(
    JSON.parse(JSON.stringify(document)) as Record<string, unknown>,
  );
  assert.ok(valid, JSON.stringify(errors, null, 2));
  const ids = Object.values(document.paths).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  );
  assert.equal(new Set(ids).size, ids.length, 'operations have names of their own');
}

test('a validator accepts it, for every model and whoever asks', async () => {
  await assertValid(await fetched());
  for (const role of [undefined, 'clerk', 'boss']) await assertValid(await seenBy(role));
});

test('every reference leads somewhere', async () => {
  const document = await seenBy('boss');
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path as string);
  assert.ok(refs.length > 50);
  for (const path of new Set(refs)) {
    const found = path
      .split('/')
      .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document);
    assert.ok(found, path);
  }
});

test('a client that is made of it reads, saves, meets a conflict, deletes and gets pictures', async () => {
  const document = await fetched();
  const definition = { ...document, servers: [{ url: `${origin}${document.servers[0]!.url}` }] } as unknown as Document;
  const axiosConfigDefaults = { validateStatus: (): boolean => true, paramsSerializer: { encode: encodeURIComponent } };
  const client: OpenAPIClient = await new OpenAPIClientAxios({ definition, axiosConfigDefaults }).init();
  const call = (id: string, ...args: readonly unknown[]): Promise<{ status: number; data: Record<string, unknown> }> =>
    (client as unknown as Record<string, (...given: readonly unknown[]) => never>)[id]!(...args);

  const page = await call('readEmployeePage', { $filter: 'salary > 50000', $orderby: 'lastName', $top: 2 });
  assert.equal(page.status, 200);
  assert.equal((page.data['__ENTITIES'] as object[]).length, 2);
  const saved = await call('saveEmployee', { $method: 'update' }, { lastName: 'Generated', salary: 4000 });
  assert.equal(saved.status, 200);
  const key = saved.data['__KEY'] as string;
  const one = await call('readEmployee', { key, $attributes: 'lastName,salary' });
  assert.deepEqual([one.data['lastName'], one.data['salary'], one.data['__STAMP']], ['Generated', 4000, 1]);
  const stale = await call('saveEmployee', { $method: 'update' }, { __KEY: key, __STAMP: 7, salary: 1 });
  assert.equal(stale.status, 409);
  const photo = await call('readEmployee_photo', { key: '1', $imageformat: 'png' }, null, {
    responseType: 'arraybuffer',
  });
  assert.equal(photo.status, 200);
  assert.deepEqual(
    Buffer.from(photo.data as never)
      .subarray(1, 4)
      .toString(),
    'PNG',
  );
  assert.deepEqual((await call('deleteEmployee', { key })).data, { ok: true });
  assert.equal((await call('readEmployee', { key })).status, 404);
});

test('entities that are read have the properties that the document names', async () => {
  const { components } = await fetched();
  for (const [name, key] of [
    ['Employee', 1],
    ['Company', 7],
  ] as const) {
    const entity = (await (await fetch(`${origin}/rest/${name}(${key})`)).json()) as Record<string, unknown>;
    const { __entityModel: _model, __DATACLASS: _class, ...sent } = entity;
    assert.deepEqual(Object.keys(sent).toSorted(), Object.keys(components.schemas[name]?.properties ?? {}).toSorted());
  }
});

test('it holds what its asker may see and do, and nothing else', async () => {
  const [guest, clerk, boss] = [await seenBy(), await seenBy('clerk'), await seenBy('boss')];
  const verbs = ({ paths }: OpenApi, path: string): readonly string[] => Object.keys(paths[path] ?? {});
  assert.deepEqual(verbs(guest, '/Company'), ['get']);
  assert.deepEqual(verbs(clerk, '/Company'), ['get', 'post']);
  assert.deepEqual(verbs(clerk, '/Company({key})'), ['get', 'delete']);
  assert.deepEqual(verbs(guest, '/Employee'), []);
  const names = (document: OpenApi, name: string): boolean => JSON.stringify(document).includes(`"${name}"`);
  for (const secret of ['budget', 'seal', 'Vault', 'Payslip', 'salary'])
    assert.ok(!names(guest, secret) && !names(clerk, secret) && names(boss, secret), secret);
});
