// The functions that statements call and SQLite does not have. Deterministic, so that indexes may hold their results.
import type Database from 'better-sqlite3';
import { parseInstant } from '../../model/dates.ts';
import { fold } from '../sql/fold.ts';
import { keyPart, keyPartInUri } from '../../query/print-key.ts';
import { hasWords } from '../sql/words.ts';

/** Makes `fold(text)`, `key_in_uri(text)`, `key_part(text)`, `number_text(number)`, `has_words(text, query)` and `instant_of(text)` known to a connection; null gives null. */
export function registerFunctions(database: Database.Database): void {
  const options = { deterministic: true };
  database.function('fold', options, (text: unknown) => (typeof text === 'string' ? fold(text) : text));
  database.function('key_in_uri', options, (key: unknown) => (key === null ? null : keyPartInUri(String(key))));
  database.function('key_part', options, (key: unknown) => (key === null ? null : keyPart(String(key))));
  database.function('number_text', options, (number: unknown) =>
    number === null ? null : numberText(number as number),
  );
  database.function('has_words', options, (text: unknown, query: unknown) =>
    typeof text === 'string' ? Number(hasWords(text, String(query))) : null,
  );
  database.function('instant_of', options, (text: unknown) =>
    typeof text === 'string' ? (parseInstant(text) ?? null) : null,
  );
}

/** A sum may lie beyond all numbers, for which JSON has no word. */
const numberText = (number: number): string => (Math.abs(number) === Infinity ? 'null' : String(number));
