// The ceiling of reads: what a careful programmer writes by hand for this one class, with node:http and better-sqlite3.
// Prepared statements with the columns it needs, one object per row, JSON.stringify; no router, no sessions, no
// filters, no privileges. It reads the database that Keystamp wrote.
// Arguments: the database file.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Database from 'better-sqlite3';

interface EmployeeRow {
  readonly ID: number;
  readonly stamp: number;
  readonly timestamp: string;
  readonly version: number | null;
  readonly firstName: string | null;
  readonly lastName: string;
  readonly email: string | null;
  readonly salary: number | null;
  readonly birthDate: string | null;
  readonly hiringDate: string | null;
  readonly lastLogin: number | null;
  readonly active: number | null;
  readonly remote: number | null;
  readonly badge: string | null;
  readonly notes: string | null;
  readonly spec: string | null;
  readonly companyID: number | null;
  readonly managerID: number | null;
}

const database = new Database(process.argv[2]!, { readonly: true });
database.pragma('cache_size = -65536');
const columns =
  'ID, __stamp AS stamp, __timestamp AS timestamp, CASE WHEN photo IS NULL THEN NULL ELSE __base + photo__stamp END AS version, firstName, lastName, email, salary, birthDate, hiringDate, lastLogin, active, remote, badge, notes, spec, companyID, managerID';
const byKey = database.prepare<[number], EmployeeRow>(`SELECT ${columns} FROM Employee WHERE ID = ?`);
const page = database.prepare<[number, number], EmployeeRow>(
  `SELECT ${columns} FROM Employee ORDER BY ID LIMIT ? OFFSET ?`,
);
const count = database.prepare<[], number>('SELECT count(*) FROM Employee').pluck();

/** `2018-09-14` → `14!9!2018` */
const simpleDate = (day: string | null): string | null =>
  day === null ? null : `${Number(day.slice(8, 10))}!${Number(day.slice(5, 7))}!${day.slice(0, 4)}`;
const flag = (value: number | null): boolean | null => (value === null ? null : value === 1);
const deferred = (dataClass: string, key: number | null): object | null =>
  key === null ? null : { __deferred: { uri: `/rest/${dataClass}(${key})`, __KEY: String(key) } };

function entity(row: EmployeeRow): object {
  const uri = `/rest/Employee(${row.ID})`;
  return {
    __KEY: String(row.ID),
    __TIMESTAMP: row.timestamp,
    __STAMP: row.stamp,
    ID: row.ID,
    firstName: row.firstName,
    lastName: row.lastName,
    email: row.email,
    salary: row.salary,
    birthDate: simpleDate(row.birthDate),
    hiringDate: simpleDate(row.hiringDate),
    lastLogin: row.lastLogin === null ? null : new Date(row.lastLogin).toISOString(),
    active: flag(row.active),
    remote: flag(row.remote),
    badge: row.badge,
    notes: row.notes,
    spec: row.spec === null ? null : (JSON.parse(row.spec) as unknown),
    photo:
      row.version === null
        ? null
        : {
            __deferred: {
              uri: `${uri}/photo?$imageformat=best&$version=${row.version}&$expand=photo`,
              image: true,
            },
          },
    companyID: row.companyID,
    managerID: row.managerID,
    employer: deferred('Company', row.companyID),
    manager: deferred('Employee', row.managerID),
    reports: { __deferred: { uri: `${uri}/reports?$expand=reports` } },
  };
}

function send(response: ServerResponse, status: number, caching: string, answer: object): void {
  const body = JSON.stringify(answer);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=UTF-8',
    'Cache-Control': caching,
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

function sendMissing(response: ServerResponse, key: string): void {
  const message = `Cannot load entity# ${key} in the "Employee" datastore class`;
  send(response, 404, 'no-store', { __ERROR: [{ message, componentSignature: 'dbmg', errCode: 1543 }] });
}

const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
  const url = request.url!;
  const key = /^\/rest\/Employee\((\d+)\)$/.exec(url)?.[1];
  if (key !== undefined) {
    const row = byKey.get(Number(key));
    if (!row) return sendMissing(response, key);
    const name = { __entityModel: 'Employee', __DATACLASS: 'Employee' };
    return send(response, 200, 'private, no-cache', Object.assign(name, entity(row)));
  }
  const asked = new URL(url, 'http://localhost');
  if (asked.pathname !== '/rest/Employee') return send(response, 404, 'no-store', {});
  const skip = Number(asked.searchParams.get('$skip') ?? 0);
  const rows = page.all(Number(asked.searchParams.get('$top') ?? 100), skip);
  send(response, 200, 'private, no-cache', {
    __DATACLASS: 'Employee',
    __entityModel: 'Employee',
    __GlobalStamp: 0,
    __COUNT: count.get(),
    __SENT: rows.length,
    __FIRST: skip,
    __ENTITIES: rows.map(entity),
  });
});
server.listen(0, '127.0.0.1', () => console.log(`serves http://127.0.0.1:${(server.address() as AddressInfo).port}`));
