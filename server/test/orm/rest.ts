// Requests straight to the handler of an open model, without a network.
import { Readable } from 'node:stream';
import type { OpenModel } from './open-model.ts';

export interface Told {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever JSON the answer is
  readonly body: any;
}

/** Sends one request; `body` becomes JSON, bytes go as they are. */
export async function ask({ keystamp }: OpenModel, method: string, url: string, body?: unknown): Promise<Told> {
  const bytes = body === undefined ? [] : [body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body))];
  const headers = body === undefined || body instanceof Uint8Array ? {} : { 'content-type': 'application/json' };
  const made = await keystamp.handle({
    method,
    url: encodeURI(url),
    headers,
    body: Readable.from(bytes),
    remoteAddress: '127.0.0.1',
    secure: false,
  });
  const text = made.body === undefined ? '' : Buffer.from(made.body as string).toString('utf8');
  return { status: made.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

export const save = (program: OpenModel, dataClass: string, body: unknown, query = ''): Promise<Told> =>
  ask(program, 'POST', `/rest/${dataClass}?$method=update${query}`, body);
