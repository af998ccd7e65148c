// fold() and words: what counts when texts are compared.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fold, foldLetters } from '../../../src/store/sql/fold.ts';
import { hasWords, wordQuery, wordsOf } from '../../../src/store/sql/words.ts';

test('case, accents and forms do not count', () => {
  const pairs: readonly (readonly [string, string])[] = [
    ['Élodie', 'elodie'],
    ['Straße', 'STRASSE'],
    ['STRAẞE', 'strasse'],
    ['ﬁ', 'FI'],
    ['Łódź', 'lodz'],
    ['Ørsted', 'orsted'],
    ['Đorđe', 'dorde'],
    ['Diyarbakır', 'DİYARBAKIR'],
    ['Æsop', 'aesop'],
    ['Œuvre', 'OEUVRE'],
    ['ŧħ', 'TH'],
    ['ΟΔΟΣ', 'οδος'],
    ['σς', 'ΣΣ'],
    ['①Ａ', '1a'],
    ['ſ', 's'],
    ['ǅ', 'dz'],
    ['e\u0301', 'É'],
  ];
  for (const [a, b] of pairs) assert.equal(fold(a), fold(b), `${a} ${b}`);
});

test('other differences count', () => {
  for (const [a, b] of [
    ['a', 'b'],
    ['я', 'Ю'],
    ['日', '本'],
    ['a ', 'a'],
    ["o'", 'o'],
    ['', ' '],
  ] as const) {
    assert.notEqual(fold(a), fold(b));
  }
});

test('every letter of the table is one that nothing else folds', () => {
  for (const [letter, plain] of Object.entries(foldLetters)) {
    assert.equal(fold(letter), plain);
    assert.equal(fold(letter.toUpperCase()), plain);
  }
});

test('folding twice changes nothing, for every character', () => {
  // Behind the compatibility ideographs no character folds to another one.
  for (let point = 0; point <= 0x2fa1f; point++) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    const folded = fold(String.fromCodePoint(point));
    if (fold(folded) !== folded) assert.fail(`U+${point.toString(16)}`);
  }
});

test('folding twice changes nothing, for texts', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const folded = fold(text);
      assert.equal(fold(folded), folded);
      assert.ok(folded.isWellFormed());
      assert.equal(fold(text.normalize('NFD')), folded);
    }),
    { numRuns: 3000 },
  );
});

test('words', () => {
  assert.deepEqual(wordsOf("Élan-vital, O'Hara_2 日本"), ['elan', 'vital', "o'hara", '2', '日本']);
  assert.deepEqual(wordsOf('  -- '), []);
  assert.equal(wordQuery('New York', true), 'new york@');
  assert.equal(wordQuery('--', true), '');
  assert.equal(hasWords('York is new', wordQuery('NEW york', false)), true);
  assert.equal(hasWords('Yorkshire is new', wordQuery('new york', false)), false);
  assert.equal(hasWords('Yorkshire is new', wordQuery('new york', true)), true);
  assert.equal(hasWords('anything', ''), false);
});
