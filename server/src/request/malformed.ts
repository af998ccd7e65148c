// The answer to a request line or body that cannot be read.
import { fail } from '../errors.ts';
import type { KeystampError } from '../errors.ts';

/** Client text as it may stand in an error message: at most 200 characters. */
export const excerpt = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);

/** 1806 with what is wrong; the text may quote the client. */
export const malformed = (what: string): KeystampError => fail(1806, excerpt(what));

/** 1808 or 1809 for the quote that does not close in the value of `name`, then 1806. */
export const unclosed = (quote: '"' | "'", name: string): KeystampError =>
  fail(quote === '"' ? 1809 : 1808, excerpt(name)).within(1806, 'a quote is not closed');
