// The ceiling of work on a million employees: for each case of the scenario the one handler that a careful programmer
// writes by hand for it, with node:http and better-sqlite3. Saves are durable before they are answered, each with a
// commit of its own. Arguments: the database file.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import Database from 'better-sqlite3';
import { fold } from '../../server/src/store/sql/fold.ts';
import { registerFunctions } from '../../server/src/store/sqlite/functions.ts';
import {
  company,
  companyColumns,
  employee,
  employeeColumns,
  page,
  send,
  type CompanyRow,
  type EmployeeRow,
} from './company-json.ts';

const database = new Database(process.argv[2]!, { timeout: 20_000 });
registerFunctions(database);
database.pragma('cache_size = -65536');
database.pragma('synchronous = FULL');

const employees = <P extends unknown[]>(rest: string): Database.Statement<P, EmployeeRow> =>
  database.prepare<P, EmployeeRow>(`SELECT ${employeeColumns} FROM Employee ${rest}`);
const number = <P extends unknown[]>(text: string): Database.Statement<P, number> =>
  database.prepare<P, number>(text).pluck();

const byKey = employees<[number]>('WHERE ID = ?');
const all = number<[]>('SELECT count(*) FROM Employee');
const named = employees<[string]>('WHERE fold(lastName) = ? ORDER BY ID LIMIT 20');
const namedCount = number<[string]>('SELECT count(*) FROM Employee WHERE fold(lastName) = ?');
const earning = employees<[number, number]>('WHERE salary >= ? AND salary < ? ORDER BY salary, ID LIMIT 20');
const earningCount = number<[number, number]>('SELECT count(*) FROM Employee WHERE salary >= ? AND salary < ?');
const from = employees<[number]>('ORDER BY ID LIMIT 20 OFFSET ?');
const companyByKey = database.prepare<[number], CompanyRow>(`SELECT ${companyColumns} FROM Company WHERE ID = ?`);
const staff = employees<[number]>('WHERE companyID = ? ORDER BY ID LIMIT 100');
const staffCount = number<[number]>('SELECT count(*) FROM Employee WHERE companyID = ?');
const salaries = database.prepare<[number], Record<string, number>>(
  'SELECT count(salary) AS count, sum(salary) AS sum, avg(salary) AS average, min(salary) AS min, max(salary) AS max FROM Employee WHERE companyID = ?',
);
const raise = database.prepare<[number, string, number], unknown>(
  'UPDATE Employee SET salary = ?, __stamp = __stamp + 1, __timestamp = ? WHERE ID = ?',
);
const hire = database.prepare<[string, number, string, string], unknown>(
  'INSERT INTO Employee (lastName, salary, active, badge, __timestamp) VALUES (?, ?, 1, ?, ?)',
);

type Handler = (match: RegExpExecArray, response: ServerResponse) => void;

const selection = (response: ServerResponse, rows: readonly EmployeeRow[], total: number, first = 0): void =>
  send(
    response,
    200,
    'private, no-cache',
    page(
      rows.map((row) => employee(row)),
      total,
      first,
    ),
  );

/** The requests of the scenario, one handler each. */
const handlers: readonly (readonly [RegExp, Handler])[] = [
  [
    /^\/rest\/Employee\((\d+)\)$/,
    ([, id], response) => {
      const row = byKey.get(Number(id)) as EmployeeRow;
      const name = { __entityModel: 'Employee', __DATACLASS: 'Employee' };
      send(response, 200, 'private, no-cache', Object.assign(name, employee(row)));
    },
  ],
  [
    /^\/rest\/Employee\?\$filter="lastName='(.+)'"&\$top=20$/,
    ([, name], response) => {
      const folded = fold(name as string);
      selection(response, named.all(folded), namedCount.get(folded) as number);
    },
  ],
  [
    /^\/rest\/Employee\?\$filter="salary>=(\d+) AND salary<(\d+)"&\$orderby=salary&\$top=20$/,
    ([, low, high], response) => {
      const bounds = [Number(low), Number(high)] as const;
      selection(response, earning.all(...bounds), earningCount.get(...bounds) as number);
    },
  ],
  [
    /^\/rest\/Employee\?\$skip=(\d+)&\$top=20&\$expand=employer$/,
    ([, skip], response) => {
      const rows = from.all(Number(skip)).map((row) => employee(row, employer(row)));
      send(response, 200, 'private, no-cache', page(rows, all.get() as number, Number(skip)));
    },
  ],
  [
    /^\/rest\/Company\((\d+)\)\?\$expand=staff$/,
    ([, id], response) => {
      const members = page(
        staff.all(Number(id)).map((row) => employee(row)),
        staffCount.get(Number(id)) as number,
        0,
      );
      const { __entityModel: _, ...envelope } = members as Record<string, unknown>;
      const set = { __ENTITYSET: `/rest/Company(${id})/staff?$expand=staff`, ...envelope };
      const name = { __entityModel: 'Company', __DATACLASS: 'Company' };
      const row = companyByKey.get(Number(id)) as CompanyRow;
      send(response, 200, 'private, no-cache', Object.assign(name, company(row, set)));
    },
  ],
  [
    /^\/rest\/Employee\/salary\?\$filter="companyID=(\d+)"&\$compute=\$all$/,
    ([, id], response) => send(response, 200, 'private, no-cache', { salary: salaries.get(Number(id)) }),
  ],
];

/** Read once per row, as the handler for this case would. */
function employer({ companyID }: EmployeeRow): object | null {
  const row = companyID === null ? undefined : companyByKey.get(companyID);
  return row ? company(row) : null;
}

function save(body: { readonly __KEY?: string; readonly lastName?: string; readonly salary: number }): object {
  const now = new Date().toISOString();
  const key = body.__KEY === undefined ? undefined : Number(body.__KEY);
  if (key === undefined) {
    const badge = randomBytes(16).toString('hex').toUpperCase();
    const made = hire.run(body.lastName as string, body.salary, badge, now);
    return saved(Number(made.lastInsertRowid));
  }
  raise.run(body.salary, now, key);
  return saved(key);
}

/** The answer to a save leaves out what is null. */
function saved(key: number): object {
  const { __KEY, __TIMESTAMP, __STAMP, ...values } = employee(byKey.get(key) as EmployeeRow) as Record<string, unknown>;
  const head = { __STATUS: { success: true }, __KEY, __STAMP, uri: `/rest/Employee(${key})`, __TIMESTAMP };
  return Object.assign(head, Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
  return text;
}

const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
  if (request.method === 'POST') {
    void bodyOf(request).then((text) => send(response, 200, 'no-store', save(JSON.parse(text) as never)));
    return;
  }
  const url = decodeURIComponent(request.url!);
  for (const [pattern, handle] of handlers) {
    const match = pattern.exec(url);
    if (match) return handle(match, response);
  }
  send(response, 404, 'no-store', {});
});
server.listen(0, '127.0.0.1', () => console.log(`serves http://127.0.0.1:${(server.address() as AddressInfo).port}`));
