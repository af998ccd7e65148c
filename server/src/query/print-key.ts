// Keys as text: in `__KEY`, in messages, and between the brackets of a URI (spec 01 § 2.2).
import type { Key } from './selection.ts';

/** Safe without quotes. */
const bare = /^[^&/?"'(),[\]\s]+$/;

/** One part of a key, quoted where the grammar needs it; the inverse of how request/key-text.ts reads keys. */
export function keyPart(part: string): string {
  if (bare.test(part)) return part;
  const inner = part.replace(special, (found, at: number) => {
    const slashes = found.replace('"', '');
    if (slashes !== found) return `${slashes}${slashes}""`;
    return at + found.length === part.length ? slashes + slashes : slashes;
  });
  return `"${inner}"`;
}

/** Whole runs of backslashes, whatever follows: one that must have a quote behind it would be looked for in every part of a run. */
const special = /\\+"?|"/g;

/** The same as it stands in a URI. */
export const keyPartInUri = (part: string): string => encodeURIComponent(keyPart(part));

/** A key as `__KEY` prints it: the parts of a composite one are quoted where needed and joined by `&`. */
export function printKey(key: Key): string {
  return key.length === 1 ? String(key[0]) : key.map((part) => keyPart(String(part))).join('&');
}

/** A key as it stands between the brackets of a URI. */
export const printKeyInUri = (key: Key): string => key.map((part) => keyPartInUri(String(part))).join('&');
