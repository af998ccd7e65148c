// The ceiling of reads on PostgreSQL: what a careful programmer writes by hand for this one class, with node:http and pg.
// One pipelined connection, named statements, one object per row, JSON.stringify; no router, no sessions, no filters, no
// privileges. It reads the database that Keystamp wrote.
// Arguments: the URL of the database.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg, { type ClientConfig } from 'pg';
import { employee, page, send, type EmployeeRow } from './company-json.ts';

const columns = `"ID", __stamp AS stamp, __timestamp AS timestamp, CASE WHEN photo IS NULL THEN NULL ELSE __base + photo__stamp END AS version, "firstName", "lastName", email, salary, "birthDate", "hiringDate", "lastLogin", active, remote, badge, notes, spec, "companyID", "managerID"`;

pg.types.setTypeParser(20, Number);
const client = new pg.Client({ connectionString: process.argv[2], pipeline: true } as ClientConfig);
await client.connect();

const byKey = { name: 'key', text: `SELECT ${columns} FROM "Employee" WHERE "ID" = $1` };
const inKeyOrder = { name: 'page', text: `SELECT ${columns} FROM "Employee" ORDER BY "ID" LIMIT $1 OFFSET $2` };
const count = { name: 'count', text: 'SELECT count(*) AS total FROM "Employee"' };

function sendMissing(response: ServerResponse, key: string): void {
  const message = `Cannot load entity# ${key} in the "Employee" datastore class`;
  send(response, 404, 'no-store', { __ERROR: [{ message, componentSignature: 'dbmg', errCode: 1543 }] });
}

async function answer(url: string, response: ServerResponse): Promise<void> {
  const key = /^\/rest\/Employee\((\d+)\)$/.exec(url)?.[1];
  if (key !== undefined) {
    const [row] = (await client.query<EmployeeRow>({ ...byKey, values: [key] })).rows;
    if (!row) return sendMissing(response, key);
    const name = { __entityModel: 'Employee', __DATACLASS: 'Employee' };
    return send(response, 200, 'private, no-cache', Object.assign(name, employee(row)));
  }
  const asked = new URL(url, 'http://localhost');
  if (asked.pathname !== '/rest/Employee') return send(response, 404, 'no-store', {});
  const skip = Number(asked.searchParams.get('$skip') ?? 0);
  const top = Number(asked.searchParams.get('$top') ?? 100);
  const [rows, total] = await Promise.all([
    client.query<EmployeeRow>({ ...inKeyOrder, values: [top, skip] }),
    client.query<{ total: number }>(count),
  ]);
  const entities = rows.rows.map((row) => employee(row));
  send(response, 200, 'private, no-cache', page(entities, total.rows[0]?.total ?? 0, skip));
}

const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => void answer(request.url!, response));
server.listen(0, '127.0.0.1', () => console.log(`serves http://127.0.0.1:${(server.address() as AddressInfo).port}`));
