// The key by which texts are compared and ordered: case, accents and compatibility forms do not count (spec 04 § 3).
// Every engine must fold alike, because stored indexes and values of filters meet.

/**
 * Letters that neither lose an accent by decomposition nor change by case folding, in lower case. An engine that folds
 * by itself needs the same rows.
 */
export const foldLetters: Readonly<Record<string, string>> = {
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ŧ: 't',
  ŋ: 'n',
  ĸ: 'k',
  ı: 'i',
  ȷ: 'j',
  ƀ: 'b',
  ƶ: 'z',
  ǥ: 'g',
  ɨ: 'i',
  ʉ: 'u',
  ⱥ: 'a',
  ⱦ: 't',
  ȼ: 'c',
  ɇ: 'e',
  ɉ: 'j',
  ɍ: 'r',
  ɏ: 'y',
  ᵽ: 'p',
  ƚ: 'l',
  ς: 'σ',
};

const notAscii = /[^\0-\x7f]/;
const marks = /\p{Mn}+/gu;
const letters = new RegExp(`[${Object.keys(foldLetters).join('')}]`, 'g');

// Case mappings can bring marks back and the other way round, so it takes turns; two were always enough.
const step = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(marks, '')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replace(letters, (letter) => foldLetters[letter] as string);

/**
 * NFKD without combining marks (Mn), full case folding (ß is ss), plus `foldLetters`. Deterministic; folding twice
 * changes nothing. Lone surrogates become U+FFFD, as storing them does.
 */
export function fold(text: string): string {
  if (!notAscii.test(text)) return text.toLowerCase();
  let folded = step(text.toWellFormed());
  for (let next = step(folded); next !== folded; next = step(folded)) folded = next;
  return folded;
}
