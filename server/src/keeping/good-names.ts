// Names of a database → names of a model: `order_items` → `OrderItem`, `first_name` → `firstName`.
const longest = 31;

/** Letters without their marks, `ß` and the like written out; what is no letter or digit parts words. */
function wordsOf(name: string): readonly string[] {
  const plain = name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .replaceAll(/[øØ]/g, 'o')
    .replaceAll(/[æÆ]/g, 'ae')
    .replaceAll(/[łŁ]/g, 'l');
  return plain
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
}

const capital = (word: string): string => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
const isUpper = (word: string): boolean => word.length > 1 && word === word.toUpperCase();

/** `ORDERS` is a word, `ID` in `companyID` an abbreviation that stays. */
const calm = (words: readonly string[]): readonly string[] =>
  words.every((word) => word === word.toUpperCase()) ? words.map((word) => word.toLowerCase()) : words;

/** English as far as tables go: `companies` → `company`, `boxes` → `box`, `staff` stays. */
export function singular(word: string): string {
  if (/(ss|us|is|news|series)$/i.test(word) || word.length < 4) return word;
  if (/ies$/i.test(word)) return word.replace(/ies$/i, 'y');
  if (/(sses|shes|ches|xes|zes)$/i.test(word)) return word.slice(0, -2);
  return /s$/i.test(word) ? word.slice(0, -1) : word;
}

export function plural(word: string): string {
  if (/[^aeiou]y$/i.test(word)) return word.replace(/y$/i, 'ies');
  if (/(s|sh|ch|x|z)$/i.test(word)) return `${word}es`;
  return `${word}s`;
}

/** A name of letters, digits and `_` that begins with a letter, 31 characters at most. */
function fit(name: string, other: string): string {
  const begun = /^[A-Za-z]/.test(name) ? name : `${other}${name}`;
  return begun.slice(0, longest);
}

export function className(table: string): string {
  const words = calm(wordsOf(table));
  const last = words.at(-1);
  return fit([...words.slice(0, -1), last === undefined ? '' : singular(last)].map(capital).join(''), 'Table');
}

export function attributeName(column: string): string {
  const words = calm(wordsOf(column));
  const [first = '', ...others] = words;
  const begin = isUpper(first) ? first : `${first.slice(0, 1).toLowerCase()}${first.slice(1)}`;
  return fit([begin, ...others.map(capital)].join(''), 'column');
}

/** The attribute of a relation through a column: `company_id` → `company`, nothing when the column says nothing more. */
export function relationName(column: string): string | undefined {
  const words = calm(wordsOf(column));
  if (words.length < 2 || !/^(id|key|fk|ref|code|no|nr|uuid)$/i.test(words.at(-1) as string)) return undefined;
  return attributeName(words.slice(0, -1).join('_'));
}

export const lowerFirst = (name: string): string => `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`;

/** The name, or the name with the first number that makes it another one than those taken (compared without case). */
export function unused(name: string, taken: ReadonlySet<string>): string {
  const isTaken = (each: string): boolean => taken.has(each.toLowerCase());
  if (!isTaken(name)) return name;
  for (let number = 2; ; number++) {
    const made = `${name.slice(0, longest - String(number).length)}${number}`;
    if (!isTaken(made)) return made;
  }
}
