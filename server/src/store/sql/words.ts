// Words of a text for the comparator `%`: what stands between characters that are neither letter, digit nor apostrophe.
import { fold } from './fold.ts';

// Marks belong to their letter: folding keeps the spacing ones.
const word = /[\p{L}\p{M}\p{N}']+/gu;

/** The folded words of a text, in order, with repetitions. */
export const wordsOf = (text: string): readonly string[] => fold(text).match(word) ?? [];

/**
 * What is looked for, in one text: folded words with a space between, `@` behind the last when it may go on.
 * @returns the empty text when there is no word
 */
export const wordQuery = (text: string, prefix: boolean): string => {
  const words = wordsOf(text).join(' ');
  return prefix && words !== '' ? `${words}@` : words;
};

let lastQuery = '';
let lastWords: readonly string[] = [];
let lastPrefix: string | undefined;

/** Whether the text holds all words of a `wordQuery`. An empty query matches nothing. */
export function hasWords(text: string, query: string): boolean {
  if (query === '') return false;
  if (query !== lastQuery) {
    // One statement asks the same of every row.
    lastWords = query.split(' ');
    lastPrefix = query.endsWith('@') ? lastWords.at(-1)?.slice(0, -1) : undefined;
    if (lastPrefix !== undefined) lastWords = lastWords.slice(0, -1);
    lastQuery = query;
  }
  const found = new Set(wordsOf(text));
  if (!lastWords.every((one) => found.has(one))) return false;
  const prefix = lastPrefix;
  return prefix === undefined || found.values().some((one) => one.startsWith(prefix));
}
