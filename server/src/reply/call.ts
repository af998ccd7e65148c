// The answer of a function (spec 12 §§ 4 to 6).
import type { Config } from '../config.ts';
import type { CalledOutcome } from '../run/outcome.ts';
import type { HttpReply } from './http-reply.ts';
import { dataReply, noSniff, onceReply } from './json.ts';
import { replySelection } from './selection.ts';

/** @param mount prefix of all uris */
export function replyCall(outcome: CalledOutcome, mount: string, { undefinedResult }: Config): HttpReply {
  const { result, byGet } = outcome;
  const cache = byGet ? 'private, no-cache' : 'no-store';
  const json = (text: string): HttpReply => {
    const body = withMessage(text, outcome);
    return byGet ? dataReply(body) : onceReply(200, body);
  };
  switch (result.kind) {
    case 'nothing':
      return json(undefinedResult === 'null' ? 'null' : '{"ok":true}');
    case 'json':
      return json(`{"result":${result.text}}`);
    case 'entity':
      return json(result.json);
    case 'selection': {
      const { status, headers, body } = replySelection(result.selection, mount);
      return {
        status,
        headers: { ...headers, 'Cache-Control': cache },
        body: withMessage(body as Uint8Array, outcome),
      };
    }
    case 'bytes':
      return {
        status: 200,
        headers: { 'Content-Type': result.mediatype, 'Cache-Control': 'no-store', ...noSniff },
        body: result.bytes,
      };
    case 'message': {
      const { status, headers, body } = result;
      return {
        status,
        headers: { 'Cache-Control': cache, ...noSniff, ...headers },
        ...(body !== undefined && { body }),
      };
    }
    default:
      return result satisfies never;
  }
}

/** The message for the page stands beside the other members of the answer. */
function withMessage<T extends string | Uint8Array>(body: T, { pageMessage }: CalledOutcome): T {
  if (!pageMessage || body.length < 2) return body;
  const added = `,"__WEBFORM":${JSON.stringify({ __NOTIFICATION: pageMessage })}}`;
  return (
    typeof body === 'string' ? body.slice(0, -1) + added : Buffer.concat([body.subarray(0, -1), Buffer.from(added)])
  ) as T;
}
