// The ceiling of reads: what a careful programmer writes by hand for this one class, with node:http and better-sqlite3.
// Prepared statements with the columns it needs, one object per row, JSON.stringify; no router, no sessions, no
// filters, no privileges. It reads the database that Keystamp wrote.
// Arguments: the database file.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Database from 'better-sqlite3';
import { employee, employeeColumns, page, send, type EmployeeRow } from './company-json.ts';

const database = new Database(process.argv[2]!, { readonly: true });
database.pragma('cache_size = -65536');
const byKey = database.prepare<[number], EmployeeRow>(`SELECT ${employeeColumns} FROM Employee WHERE ID = ?`);
const inKeyOrder = database.prepare<[number, number], EmployeeRow>(
  `SELECT ${employeeColumns} FROM Employee ORDER BY ID LIMIT ? OFFSET ?`,
);
const count = database.prepare<[], number>('SELECT count(*) FROM Employee').pluck();

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
    return send(response, 200, 'private, no-cache', Object.assign(name, employee(row)));
  }
  const asked = new URL(url, 'http://localhost');
  if (asked.pathname !== '/rest/Employee') return send(response, 404, 'no-store', {});
  const skip = Number(asked.searchParams.get('$skip') ?? 0);
  const rows = inKeyOrder.all(Number(asked.searchParams.get('$top') ?? 100), skip);
  const total = count.get() as number;
  send(
    response,
    200,
    'private, no-cache',
    page(
      rows.map((row) => employee(row)),
      total,
      skip,
    ),
  );
});
server.listen(0, '127.0.0.1', () => console.log(`serves http://127.0.0.1:${(server.address() as AddressInfo).port}`));
