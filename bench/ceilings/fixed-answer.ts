// The ceiling of every answer that is ready in memory: a bare node:http server that looks at nothing and writes the
// same head and the same bytes to everybody. No server on Node can do less.
// Arguments: a JSON file `{ status, headers, body? }`, the body in base64.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The answer in the file. */
export interface FixedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const { status, headers, body } = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as FixedAnswer;
const bytes = body === undefined ? undefined : Buffer.from(body, 'base64');

const server = createServer({ keepAliveTimeout: 65_000 }, (_request, response) => {
  response.writeHead(status, headers);
  response.end(bytes);
});
server.listen(0, '127.0.0.1', () => console.log(`serves http://127.0.0.1:${(server.address() as AddressInfo).port}`));
