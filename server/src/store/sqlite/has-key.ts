// `has_key(list, key)`: is the key in one of the long lists of the statement that runs?
import type Database from 'better-sqlite3';
import { keyValues, type KeyList } from '../../query/key-list.ts';

type Test = (key: unknown) => boolean;

/** A map of bits may take as much memory as so many bits for each key. */
const bitsPerKey = 256;

/** The lists that the running statement asks for, by number. */
export class HasKey {
  #tests: Test[] = [];

  /** Makes `has_key` known to the connections, one of which runs a statement at a time. */
  constructor(...databases: readonly Database.Database[]) {
    for (const database of databases)
      database.function('has_key', { deterministic: true }, (list: unknown, key: unknown) =>
        this.#tests[list as number]?.(key) ? 1 : 0,
      );
  }

  /** The number of a list, until `clear`. */
  readonly add = (list: KeyList): number => this.#tests.push(keyTest(list)) - 1;

  clear(): void {
    this.#tests = [];
  }
}

/** Tells of any number or text whether it is a key of the list. */
export function keyTest(list: KeyList): Test {
  if (list.kind === 'int32') return bitTest(list.numbers) ?? setTest(list.numbers);
  return list.kind === 'double' ? setTest(list.numbers) : setTest(keyValues(list));
}

function setTest(keys: Iterable<unknown>): Test {
  const set = new Set(keys);
  return (key) => set.has(key);
}

/** Keys of a class mostly lie close together; then one bit for each number between the first and the last is little. */
function bitTest(numbers: Int32Array): Test | undefined {
  let least = Infinity;
  let most = -Infinity;
  for (const number of numbers) {
    if (number < least) least = number;
    if (number > most) most = number;
  }
  const range = most - least + 1;
  if (numbers.length === 0 || range > numbers.length * bitsPerKey) return undefined;
  const bits = new Uint8Array(Math.floor(range / 8) + 1);
  for (const number of numbers) {
    const at = number - least;
    bits[at >>> 3] = (bits[at >>> 3] as number) | (1 << (at & 7));
  }
  return (key) => {
    const at = (key as number) - least;
    return Number.isInteger(at) && at >= 0 && at < range && ((bits[at >>> 3] as number) & (1 << (at & 7))) !== 0;
  };
}
