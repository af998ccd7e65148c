// Bytes by name: the samples, Acme's brochure, and what an earlier exchange has saved; and bodies written with them.
import { brochure } from './company.ts';
import { pictureNamed } from './pictures.ts';

/** Bytes that `<save NAME>` has kept. */
export type Saved = Map<string, Buffer>;

/** @throws Error for an unknown name */
export async function bytesNamed(name: string, saved: Saved): Promise<Buffer> {
  if (name === 'brochure') return brochure;
  return saved.get(name) ?? pictureNamed(name);
}

/**
 * The bytes of a request body. A line `< picture:NAME`, `< zeros:N` or `< hex:00FF` stands for bytes; alone it is the whole
 * body. In a form the lines end as forms want it, with CR LF, and there is one after the last.
 */
export async function bodyBytes(lines: readonly string[], isForm: boolean, saved: Saved): Promise<Buffer | undefined> {
  if (lines.length === 0) return undefined;
  const parts = await Promise.all(lines.map((line) => lineBytes(line, saved)));
  const end = Buffer.from(isForm ? '\r\n' : '\n');
  const joined = parts.flatMap((part, i) =>
    i + 1 < parts.length || (isForm && parts.length > 1) ? [part, end] : [part],
  );
  return Buffer.concat(joined);
}

async function lineBytes(line: string, saved: Saved): Promise<Buffer> {
  const recipe = /^< (picture|zeros|hex):(.*)$/.exec(line);
  if (!recipe) return Buffer.from(line);
  const [, kind, text] = recipe as unknown as [string, string, string];
  if (kind === 'zeros') return Buffer.alloc(Number(text));
  return kind === 'hex' ? Buffer.from(text, 'hex') : bytesNamed(text, saved);
}
