// The key by which texts are compared and ordered: case, accents and compatibility forms do not count (spec 04 § 3).
// Every engine must fold alike, because stored indexes and values of filters meet.

/**
 * Letters that neither lose an accent by decomposition nor change by case folding, in lower case.
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
const eachNotAscii = /[^\0-\x7f]/gu;
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

/** What characters beyond ASCII fold to, found out once for each. */
const known = new Map<string, string>();

function foldCharacter(character: string): string {
  let folded = known.get(character);
  if (folded === undefined) {
    folded = step(character);
    for (let next = step(folded); next !== folded; next = step(folded)) folded = next;
    known.set(character, folded);
  }
  return folded;
}

/**
 * NFKD without combining marks (Mn), full case folding (ß is ss), plus `foldLetters`, character by character, so that a
 * table of characters folds in the same way. Deterministic; folding twice changes nothing. Lone surrogates become
 * U+FFFD, as storing them does.
 */
export function fold(text: string): string {
  if (!notAscii.test(text)) return text.toLowerCase();
  return text.toWellFormed().replace(eachNotAscii, foldCharacter).toLowerCase();
}

/** Behind the compatibility ideographs no character folds to another one, but for tags and selectors that are marks. */
const foldedRanges = [
  [0x80, 0xd7ff],
  [0xe000, 0x2fa1f],
  [0xe0100, 0xe01ef],
] as const;

/** Every character beyond ASCII that folds to something else, and to what: an engine that folds by itself has this table. */
export function foldTable(): ReadonlyMap<string, string> {
  const table = new Map<string, string>();
  for (const [first, last] of foldedRanges)
    for (let point = first; point <= last; point++) {
      const character = String.fromCodePoint(point);
      const folded = fold(character);
      if (folded !== character) table.set(character, folded);
    }
  return table;
}
