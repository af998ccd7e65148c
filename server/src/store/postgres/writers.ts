// How this program writes values as JSON text, from the text that PostgreSQL sends for them: what the SQL of json.ts makes
// the database write. A test holds the two together.
import { keyPartInUri } from '../../query/print-key.ts';
import type { JsonBytes } from './json-bytes.ts';

/** Writes the value whose text is `length` bytes from `at`. */
export type Writer = (to: JsonBytes, from: Buffer, at: number, length: number) => void;

const code = (character: string): number => character.charCodeAt(0);
const [zero, one, minus, point, nine] = ['0', '1', '-', '.', '9'].map(code) as [number, number, number, number, number];
/** Numbers with fewer digits are printed by both as they stand. */
const sameDigits = 15;

const textOf = (from: Buffer, at: number, length: number): string => from.toString('latin1', at, at + length);

/** Everything but `-0`, and numbers so large, small or long that JavaScript prints them otherwise. */
function isPlainNumber(from: Buffer, at: number, length: number): boolean {
  if (length > sameDigits || (length === 2 && from[at] === minus && from[at + 1] === zero)) return false;
  for (let i = at; i < at + length; i++) {
    const byte = from[i] as number;
    if ((byte < zero || byte > nine) && byte !== minus && byte !== point) return false;
  }
  return true;
}

/** A part of the text without the zero that it may begin with. */
function addTrimmed(to: JsonBytes, from: Buffer, at: number, length: number): void {
  const skip = from[at] === zero ? 1 : 0;
  to.add(from, at + skip, length - skip);
}

const iso = (from: Buffer, at: number, length: number): string =>
  new Date(Number(textOf(from, at, length))).toISOString();

export const writers = {
  asItIs: (to, from, at, length) => to.add(from, at, length),
  string: (to, from, at, length) => to.string(from, at, length),
  bool(to, from, at, length) {
    to.text(length !== 1 ? 'null' : from[at] === one ? 'true' : from[at] === zero ? 'false' : 'null');
  },
  number(to, from, at, length) {
    if (isPlainNumber(from, at, length)) to.add(from, at, length);
    else to.text(JSON.stringify(Number(textOf(from, at, length))));
  },
  /** Beyond 2^53 a number would be rounded by clients, so it travels as text (spec 03, open points). */
  long64(to, from, at, length) {
    const exact = length <= sameDigits || Number.isSafeInteger(Number(textOf(from, at, length)));
    if (!exact) to.text('"');
    to.add(from, at, length);
    if (!exact) to.text('"');
  },
  instant: (to, from, at, length) => to.text(`"${iso(from, at, length)}"`),
  /** `"20240502081145"` */
  instantDigits: (to, from, at, length) => to.text(`"${iso(from, at, length).slice(0, 19).replace(/\D/g, '')}"`),
  /** `2018-09-04` → `"4!9!2018"` */
  day(to, from, at) {
    to.text('"');
    addTrimmed(to, from, at + 8, 2);
    to.text('!');
    addTrimmed(to, from, at + 5, 2);
    to.text('!');
    to.add(from, at, 4);
    to.text('"');
  },
  /** `"20180904"` */
  dayDigits(to, from, at) {
    to.text('"');
    to.add(from, at, 4);
    to.add(from, at + 5, 2);
    to.add(from, at + 8, 2);
    to.text('"');
  },
  keyInUri: (to, from, at, length) => to.text(keyPartInUri(from.toString('utf8', at, at + length))),
} as const satisfies Record<string, Writer>;

export type WriterName = keyof typeof writers;
