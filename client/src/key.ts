// Keys in paths (spec 01 § 2.2). `__KEY` is text: of a single key as it is, of a composite one its parts joined by `&`,
// quoted where they must be.

/** A key as an application gives it: a value, the values of a composite key, or the `__KEY` of an entity. */
export type Key = string | number | bigint | readonly (string | number | bigint)[];

/** Safe without quotes. */
const bare = /^[^&/?"'(),[\]\s]+$/;

/** A text between quotes, as paths have them. */
export const quoted = (text: string): string => `"${text.replace(/(\\*)"/g, '$1$1""').replace(/\\+$/, '$&$&')}"`;

/** One part of a key, quoted where it must be. */
const keyPart = (part: string): string => (bare.test(part) ? part : quoted(part));

/** Text that needs no quotes means the same whether the key has one part or several. */
export const isBare = (text: string): boolean => bare.test(text);

/** `__KEY` of a key. */
export const keyText = (key: Key): string =>
  typeof key === 'object' && key.length > 1
    ? key.map((part) => keyPart(String(part))).join('&')
    : String(typeof key === 'object' ? key[0] : key);

/**
 * `__KEY` as it stands between brackets.
 * @param parts of the class's key; told apart only where the text leaves it open
 */
export const keyInPath = (text: string, parts: number): string =>
  encodeURIComponent((parts > 1 ? text : keyPart(text)).toWellFormed());
