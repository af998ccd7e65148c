// Names and passwords in headers (spec 13 §§ 6.1, 6.3, 6.4, 6.10).
import type { HttpRequest } from './http-request.ts';

export interface Credentials {
  readonly name: string;
  /** Absent: a digest was sent instead, which nobody can check. */
  readonly password?: string;
  /** Life of the session, when the client asks for one. */
  readonly idleMs?: number;
}

const text = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

/** The 4D form: `username-4D` with `password-4D` or `hashed-password-4D`, and `session-4D-length` in minutes. */
export function headerCredentials({ headers }: HttpRequest): Credentials | undefined {
  const name = text(headers['username-4d']);
  if (name === undefined) return undefined;
  const password = text(headers['password-4d']);
  const minutes = Number(text(headers['session-4d-length']));
  return {
    name: utf8(name),
    ...(password !== undefined && { password: utf8(password) }),
    ...(minutes > 0 && { idleMs: minutes * 60_000 }),
  };
}

/** `Authorization: Basic`; undefined when there is none, or it cannot be read. */
export function basicCredentials({ headers }: HttpRequest): Credentials | undefined {
  const encoded = /^basic +([A-Za-z\d+/]+=*)$/i.exec((headers['authorization'] as string) ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [name = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { name, password: rest.join(':') };
}

/** The request wants neither session nor cookie. */
export const wantsNoSession = ({ headers }: HttpRequest): boolean =>
  text(headers['nosession-4d'])?.toLowerCase() === 'true';

/** Node gives the bytes of a header as Latin-1; clients send UTF-8. */
const utf8 = (value: string): string => {
  const bytes = Buffer.from(value, 'latin1').toString('utf8');
  return bytes.includes('\uFFFD') ? value : bytes;
};
