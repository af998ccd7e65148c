// Passwords as an application keeps them: slow hashes with a salt, in the text form other programs read too.
import * as crypto from 'node:crypto';
import { promisify } from 'node:util';

/** OWASP's minimum for Argon2id: 19 MiB, two passes. */
const argon2Cost = { memory: 19_456, passes: 2, parallelism: 1 };
/** OWASP's for scrypt: 2^15 × 8 × 128 bytes, three times over. Where Node has no Argon2. */
const scryptCost = { ln: 15, r: 8, p: 3 };
const saltBytes = 16;
const hashBytes = 32;
/** More than this no one types; hashing time grows with the length. */
const longestPassword = 1024;

/** Argon2 came to Node after the oldest version that Keystamp runs on. */
const argon2 = 'argon2' in crypto ? promisify(crypto.argon2) : undefined;
const scrypt = promisify<crypto.BinaryLike, Buffer, number, crypto.ScryptOptions, Buffer>(crypto.scrypt);

/** What a hash was made with. */
type Recipe =
  | { readonly kind: 'argon2id'; readonly memory: number; readonly passes: number; readonly parallelism: number }
  | { readonly kind: 'scrypt'; readonly ln: number; readonly r: number; readonly p: number };

const recipe: Recipe = argon2 ? { kind: 'argon2id', ...argon2Cost } : { kind: 'scrypt', ...scryptCost };

function digest(password: string, salt: Buffer, made: Recipe, length: number): Promise<Buffer> {
  const message = password.normalize('NFC');
  if (made.kind === 'scrypt') {
    const { ln, r, p } = made;
    return scrypt(message, salt, length, { N: 2 ** ln, r, p, maxmem: 256 * 2 ** ln * r });
  }
  if (!argon2) throw new Error('This version of Node.js cannot check Argon2 hashes; use 24.7 or newer');
  const { memory, passes, parallelism } = made;
  return argon2('argon2id', { message, nonce: salt, memory, passes, parallelism, tagLength: length });
}

const printRecipe = (made: Recipe): string =>
  made.kind === 'argon2id'
    ? `argon2id$v=19$m=${made.memory},t=${made.passes},p=${made.parallelism}`
    : `scrypt$ln=${made.ln},r=${made.r},p=${made.p}`;

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

/**
 * The hash of a password, to be stored in its place: `$argon2id$v=19$m=19456,t=2,p=1$…$…`. Another one each time.
 * @throws RangeError for a password of more than 1024 characters
 */
export async function generatePasswordHash(password: string): Promise<string> {
  if (password.length > longestPassword) throw new RangeError(`A password has ${longestPassword} characters at most`);
  const salt = crypto.randomBytes(saltBytes);
  const hash = await digest(password, salt, recipe, hashBytes);
  return `$${printRecipe(recipe)}$${base64(salt)}$${base64(hash)}`;
}

interface Stored {
  readonly made: Recipe;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const argon2Form = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d)\$([A-Za-z\d+/]{11,86})\$([A-Za-z\d+/]{22,86})$/;
const scryptForm = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d)\$([A-Za-z\d+/]{11,86})\$([A-Za-z\d+/]{22,86})$/;

function readHash(text: string): Stored | undefined {
  const argon = argon2Form.exec(text);
  const found = argon ?? scryptForm.exec(text);
  if (!found) return undefined;
  const [, a, b, c, salt = '', hash = ''] = found;
  const [first, second, third] = [Number(a), Number(b), Number(c)];
  const made: Recipe = argon
    ? { kind: 'argon2id', memory: first, passes: second, parallelism: third }
    : { kind: 'scrypt', ln: first, r: second, p: third };
  return { made, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
}

/** How the hashes of this application are made, as far as is known: like the one that was seen last. */
let usual = recipe;
const listeners = new Set<(how: string) => void>();

/** The kind and costs of the hash that a stranger's password is compared with, for nothing: `argon2id$v=19$m=19456,t=2,p=1`. */
export const usualHash = (): string => printRecipe(usual);

/** Takes hashes to be made like this from now on; what says nothing known changes nothing. */
export function expectUsual(how: string): void {
  usual = readHash(`$${how}$${'A'.repeat(22)}$${'A'.repeat(43)}`)?.made ?? usual;
}

/**
 * Tells when a hash was made otherwise than the one before.
 * @returns ends that
 */
export function onUsualChange(listener: (how: string) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** A hash that was made like this has been seen. */
function see(made: Recipe): void {
  const before = usualHash();
  usual = made;
  const now = usualHash();
  if (now !== before) for (const listener of listeners) listener(now);
}

/**
 * Is this the password of that hash? Without a hash the answer is no, and takes as long as with the hash that was seen
 * last: a stranger cannot tell which users there are.
 * @param hash as `generatePasswordHash` made it, or another program in the same form (Argon2id or scrypt)
 * @throws Error for a text that is no such hash
 */
export async function verifyPasswordHash(password: string, hash: string | null | undefined): Promise<boolean> {
  if (password.length > longestPassword) return false;
  if (hash === null || hash === undefined) {
    await digest(password, crypto.randomBytes(saltBytes), usual, hashBytes);
    return false;
  }
  const stored = readHash(hash);
  if (!stored) throw new Error('The text is no Argon2id or scrypt hash of a password');
  see(stored.made);
  const tried = await digest(password, stored.salt, stored.made, stored.hash.length);
  return crypto.timingSafeEqual(tried, stored.hash);
}
