// Every code that a client can be told is told to one: by a conversation of this folder, or here where a conversation
// cannot go (other models, broken connections, faults of the server). What cannot be got yet is listed with the reason.
import assert from 'node:assert/strict';
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Readable } from 'node:stream';
import { defineModel, implement } from 'keystamp';
import { readConfig } from '../../src/config.ts';
import { errorTable, httpErrors, type ErrorCode, type HttpErrorStatus } from '../../src/errors.ts';
import { listen, stop } from '../../src/http/listen.ts';
import { createServer } from '../../src/http/server.ts';
import { openKeystamp, type Keystamp } from '../../src/keystamp.ts';
import { buildModel } from '../../src/model/load.ts';
import { readRolesFile } from '../../src/session/roles-file.ts';
import { Roles } from '../../src/session/roles.ts';
import { Fixture } from './fixture.ts';
import { parseHttpFile } from './http-file.ts';
import { send } from './send.ts';

type Code = ErrorCode | HttpErrorStatus;

/** Codes no request can get from this server today, and why. A code that is seen or thrown must leave this list. */
const notYet: Partial<Record<Code, string>> = {};

/** Codes that the server gives, but not to a test that runs everywhere, and why. */
const notHere: Partial<Record<Code, string>> = {
  507: 'needs a disk that is full',
};

const codes = [...Object.keys(errorTable), ...Object.keys(httpErrors)].map(Number) as readonly Code[];

/** Codes that authors chose, or got for errors without one, in the code of the conversations' models. */
const ofAuthors: ReadonlySet<number> = new Set([-1, 1, 2, 1024, 4242, 4409]);

/** Refusals of API keys carry their status as code (spec 13 § 7.3). */
const ofApiKeys: ReadonlySet<number> = new Set([400, 401, 403]);

/** Codes that were got, each with the place that got it. */
const seen = new Map<number, string>();

for (const name of readdirSync(import.meta.dirname).filter((file) => file.endsWith('.http'))) {
  const { exchanges } = parseHttpFile(readFileSync(join(import.meta.dirname, name), 'utf8'), name);
  // wire.test.ts holds every answer against these expectations.
  for (const { title, expected } of exchanges)
    for (const code of expected.body.join('\n').matchAll(/"errCode":\s*(\d+)/g))
      seen.set(Number(code[1]), `${name}: ${title}`);
}

/** The codes of an answer, noted as seen. */
function codesOf(body: Buffer | string, where: string): readonly number[] {
  const { __ERROR: lines } = JSON.parse(String(body)) as { __ERROR: readonly { errCode: number }[] };
  const found = lines.map(({ errCode }) => errCode);
  for (const code of found) seen.set(code, where);
  return found;
}

/** What comes back for bytes sent as they are, until the server closes the connection. */
function sendBytes(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => void socket.write(bytes));
    socket.setTimeout(20_000, () => socket.destroy(new Error('no answer within 20 seconds')));
    socket.on('data', (data) => (answer += data.toString('utf8')));
    socket.on('error', reject).on('close', () => resolve(answer));
  });
}

const bodyOf = (answer: string): string => answer.slice(answer.indexOf('\r\n\r\n') + 4);

describe('bytes that are no whole request', () => {
  const opened = Fixture.open('company', { bodyIdleSeconds: '1' });
  after(async () => (await opened).close());

  const cases: readonly (readonly [code: number, what: string, bytes: string])[] = [
    [400, 'no HTTP', 'HELO keystamp\r\n\r\n'],
    [
      431,
      'headers without end',
      `GET /rest/Employee HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'a'.repeat(100_000)}\r\n\r\n`,
    ],
    [
      501,
      'a body that is packed on its way',
      `POST /rest/Employee HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    ],
    [
      408,
      'a body that does not come',
      'POST /rest/Employee HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{',
    ],
  ];
  for (const [code, what, bytes] of cases)
    test(`${code}: ${what}`, async () => {
      const answer = await sendBytes(await (await opened).port(1), bytes);
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${code} `));
      assert.deepEqual(codesOf(bodyOf(answer), `here: ${what}`), [code]);
    });
});

test('503: more conversions than may wait', async () => {
  const fixture = await Fixture.open('company', { converters: '1', maxConversionQueue: '0' });
  const port = await fixture.port(1);
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, i) =>
      send(port, {
        method: 'GET',
        url: `/rest/Employee(1)/photo?$imageformat=avif&$imagewidth=${100 + i}`,
        headers: [],
      }),
    ),
  );
  await fixture.close();
  const refused = answers.filter(({ status }) => status === 503);
  assert.ok(refused.length > 0 && refused.length < answers.length, `${refused.length} of ${answers.length}`);
  for (const { body, headers } of refused) {
    assert.deepEqual(codesOf(body, 'here: more conversions than may wait'), [503]);
    assert.equal(headers['retry-after'], '1');
  }
});

describe('what a model asks for, and a fault of the server', () => {
  const model = buildModel(
    defineModel({
      dataClasses: {
        Part: {
          attributes: {
            ID: { type: 'long', primKey: true, autosequence: true },
            name: { type: 'string', minLength: 3, pattern: '[A-Z].*' },
            code: { type: 'string', fixedLength: 4 },
          },
        },
        Label: { attributes: { text: { type: 'string', primKey: true }, colour: { type: 'string' } } },
      },
    }),
  );
  const data = mkdtempSync(join(tmpdir(), 'keystamp-errors-'));
  const config = readConfig({ data, port: 0, converters: 1 });
  const failures: unknown[] = [];
  let keystamp: Keystamp;
  let end: () => Promise<void>;
  let port: number;

  const start = async (): Promise<void> => {
    keystamp = await openKeystamp(model, config, (event) => void (event.kind === 'failed' && failures.push(event)));
    const server = createServer(keystamp.handle, config);
    port = Number(new URL(await listen(server, config)).port);
    end = () => stop(server, config);
  };
  const started = start();
  after(async () => {
    await end();
    rmSync(data, { recursive: true, force: true });
  });

  const post = async (
    dataClass: string,
    values: object,
  ): Promise<readonly [status: number, codes: readonly number[]]> => {
    const body = Buffer.from(JSON.stringify(values));
    const answer = await send(port, { method: 'POST', url: `/rest/${dataClass}?$method=update`, headers: [], body });
    return [answer.status, codesOf(answer.body, 'here: what a model asks for')];
  };
  const cases: readonly (readonly [dataClass: string, values: object, codes: readonly number[]])[] = [
    ['Part', { name: 'Ab' }, [1591, 1570, 1534]],
    ['Part', { name: 'bolt' }, [1571, 1570, 1534]],
    ['Part', { code: 'A12' }, [1593, 1570, 1534]],
    ['Label', { colour: 'red' }, [1546, 1534]],
  ];
  for (const [dataClass, values, expected] of cases)
    test(`${expected[0]}: ${dataClass} ${JSON.stringify(values)}`, async () => {
      await started;
      assert.deepEqual(await post(dataClass, values), [400, expected]);
      assert.deepEqual(failures, []);
    });

  test('500: the database is gone; the client is told no more than that', async () => {
    await started;
    await keystamp.close();
    const { status, body } = await send(port, { method: 'GET', url: '/rest/Part(1)', headers: [] });
    assert.equal(status, 500);
    assert.deepEqual(JSON.parse(String(body)), {
      __ERROR: [{ message: 'Internal error', componentSignature: 'http', errCode: 500 }],
    });
    codesOf(body, 'here: the database is gone');
    assert.equal(failures.length, 1);
  });
});

describe('what code of an author and a roles file answer', () => {
  const definition = defineModel({
    dataClasses: {
      Thing: {
        attributes: {
          ID: { type: 'long', primKey: true, autosequence: true },
          name: { type: 'string', notNull: true },
          broken: { kind: 'calculated', type: 'string', exposed: true },
          odd: { kind: 'calculated', type: 'long', exposed: true },
        },
      },
      Closed: { attributes: { ID: { type: 'long', primKey: true } } },
      Hidden: { attributes: { ID: { type: 'long', primKey: true } } },
    },
  });
  const app = implement(definition, {
    functions: { closed: { exposed: true, run: () => 1 } },
    dataClasses: {
      Thing: {
        calculated: {
          broken: {
            get: () => {
              throw new Error('it is broken');
            },
          },
          odd: { get: () => ({ no: 'number' }) as never },
        },
      },
      Hidden: { restrict: () => undefined as never },
    },
  });
  const model = buildModel(app);
  const allowed = [
    { type: 'dataclass', applyTo: 'Closed', read: ['guest'], create: ['nobody'] },
    { type: 'method', applyTo: 'ds.closed', execute: ['nobody'] },
  ];
  const roles = (): Roles => {
    const permissions = { allowed };
    const { file, faults } = readRolesFile(JSON.stringify({ permissions, restrictedByDefault: false }), model);
    if (!file) throw new Error(faults.join());
    return new Roles(file);
  };
  const data = mkdtempSync(join(tmpdir(), 'keystamp-errors-'));
  const opened = openKeystamp(model, readConfig({ data, converters: 1 }), () => {}, Date.now, roles);
  after(async () => {
    await (await opened).close();
    rmSync(data, { recursive: true, force: true });
  });

  const ask = async (method: string, url: string, body = ''): Promise<readonly [number, string]> => {
    const { handle } = await opened;
    const given = Readable.from(body === '' ? [] : [Buffer.from(body)]);
    const made = await handle({ method, url, headers: {}, body: given, remoteAddress: '127.0.0.1', secure: false });
    return [made.status, Buffer.from(made.body as Uint8Array).toString('utf8')];
  };
  const cases: readonly (readonly [code: number, status: number, method: string, url: string, body?: string])[] = [
    [1136, 400, 'POST', '/rest/Thing?$method=update', '{"name":null}'],
    [1559, 401, 'POST', '/rest/Closed?$method=update', '{"ID":1}'],
    [1561, 401, 'POST', '/rest/$catalog/closed', '[]'],
    [1602, 500, 'GET', '/rest/Hidden'],
    [1562, 500, 'GET', '/rest/Thing(1)?$attributes=broken'],
    [1585, 500, 'GET', '/rest/Thing(1)?$attributes=odd'],
  ];
  for (const [code, status, method, url, body] of cases)
    test(`${code}: ${method} ${url}`, async () => {
      if (url.startsWith('/rest/Thing(1)'))
        await ask('POST', '/rest/Thing?$method=update&$attributes=name', '{"name":"a"}');
      const [given, text] = await ask(method, url, body);
      assert.equal(given, status, text);
      assert.ok(codesOf(text, `here: ${url}`).includes(code), text);
    });
});

test('every code is got by a conversation or a test, or it is said why not', () => {
  const missing = codes.filter((code) => !seen.has(code) && !(code in notYet) && !(code in notHere));
  assert.deepEqual(missing, []);
});

test('no conversation gets a code that is not in the tables', () => {
  const known = new Set<number>(codes);
  assert.deepEqual(
    [...seen].filter(([code]) => !known.has(code) && !ofAuthors.has(code) && !ofApiKeys.has(code)),
    [],
  );
});

test('a code that can be got is not excused', () => {
  const excused = [...Object.keys(notYet), ...Object.keys(notHere)].map(Number);
  assert.deepEqual(
    excused.filter((code) => seen.has(code)),
    [],
  );
});

test('a code that the sources name is not called out of reach', () => {
  const source = join(import.meta.dirname, '../../src');
  const files = globSync('**/*.ts', { cwd: source }).filter((name) => name !== 'errors.ts');
  assert.ok(files.length > 100);
  const named = (code: string): readonly string[] =>
    files.filter((name) => new RegExp(`\\b${code}\\b`).test(readFileSync(join(source, name), 'utf8')));
  for (const code of Object.keys(notYet)) assert.deepEqual(named(code), [], code);
  for (const code of Object.keys(notHere)) assert.ok(named(code).length > 0, code);
});
