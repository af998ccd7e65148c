// The faults of a model and its code, gathered with their paths so that all of them are told at once.

/** An object as an author wrote it. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a property of an object may be. */
export interface Property {
  readonly ok: (value: unknown) => boolean;
  readonly expected: string;
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

export const text: Property = { ok: (value) => typeof value === 'string' && value !== '', expected: 'a text' };
export const flag: Property = { ok: (value) => typeof value === 'boolean', expected: 'true or false' };
export const count: Property = { ok: isCount, expected: 'a whole number from 0' };
export const countFromOne: Property = { ok: (v) => isCount(v) && v !== 0, expected: 'a whole number from 1' };
export const anything: Property = { ok: () => true, expected: 'a value' };
export const object: Property = { ok: isFields, expected: 'an object with the attributes' };

/** One of these words. */
export const oneOf = (...words: readonly string[]): Property => ({
  ok: (value) => words.includes(value as string),
  expected: words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : String(words[0]),
});

export const scope = oneOf('public', 'publicOnServer');

export class Faults {
  readonly lines: string[] = [];

  add(path: string, what: string): void {
    this.lines.push(`${path}: ${what}`);
  }

  /** Properties that are not known, or not what they must be. */
  properties(path: string, given: Fields, known: Readonly<Record<string, Property>>): void {
    for (const [name, value] of Object.entries(given)) {
      const property = Object.hasOwn(known, name) ? known[name] : undefined;
      if (!property) this.unknown(`${path}.${name}`, Object.keys(known));
      else if (value !== undefined && !property.ok(value)) this.add(`${path}.${name}`, `must be ${property.expected}`);
    }
  }

  /** The members of an object; a fault when it is none, and for each that is not known. */
  object(path: string, value: unknown, known?: readonly string[]): Fields {
    if (value === undefined) return {};
    if (!isFields(value)) {
      this.add(path, 'must be an object');
      return {};
    }
    for (const name of known ? Object.keys(value) : [])
      if (known && !known.includes(name)) this.unknown(`${path}.${name}`, known);
    return value;
  }

  callable(path: string, value: unknown): void {
    if (value !== undefined && typeof value !== 'function') this.add(path, 'must be a function');
  }

  unknown(path: string, known: readonly string[]): void {
    this.add(path, `is not known here; known are ${known.join(', ')}`);
  }
}

/** What was given, for messages and to look up what it names. Anything may stand where a name is expected. */
export const nameGiven = (given: unknown): string =>
  typeof given === 'object' && given !== null ? 'an object' : String(given);
