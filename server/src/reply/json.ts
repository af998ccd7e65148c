// Answers with JSON: head, texts and bytes of the database put together.
import type { HttpReply } from './http-reply.ts';

/** A browser takes it for what the type says, and for nothing else. */
export const noSniff = { 'X-Content-Type-Options': 'nosniff' } as const;

const jsonType = 'application/json; charset=UTF-8';

/** Data: caches may keep it for this client but must ask every time; there is no validator, so never a 304 (spec 10 § 8). */
const forData = { 'Content-Type': jsonType, ...noSniff, 'Cache-Control': 'private, no-cache' } as const;
/** Nothing may keep it: errors, empty answers, locks (spec 10 § 8). */
const forOnce = { 'Content-Type': jsonType, ...noSniff, 'Cache-Control': 'no-store' } as const;

type Headers = HttpReply['headers'];

export const dataReply = (body: string | Uint8Array, headers: Headers = {}): HttpReply => ({
  status: 200,
  headers: { ...forData, ...headers },
  body,
});

export const onceReply = (status: number, body: string, headers: Headers = {}): HttpReply => ({
  status,
  headers: { ...forOnce, ...headers },
  body,
});
