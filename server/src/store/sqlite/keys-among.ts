// The part of an ordered list of keys that a statement finds.
import { keyValues, packKeys, type KeyList } from '../../query/key-list.ts';
import { keyTest } from './has-key.ts';

/** The keys of `list` that are in `found` too, in the order of `list`. */
export function keysAmong(list: KeyList, found: KeyList): KeyList {
  // Both come from the same attribute, but packed by their values: whole numbers and others, or texts and numbers.
  const isFound = found.kind === 'text' || list.kind === 'text' ? textTest(found) : keyTest(found);
  switch (list.kind) {
    case 'int32':
    case 'double':
      return list.kind === 'int32' && found.kind !== 'text'
        ? { kind: 'int32', numbers: list.numbers.filter(isFound) }
        : packKeys(keyValues(list).filter(isFound));
    case 'text':
      return packKeys(keyValues(list).filter(isFound));
    default:
      return list satisfies never;
  }
}

function textTest(list: KeyList): (key: unknown) => boolean {
  const texts = new Set(keyValues(list).map(String));
  return (key) => texts.has(String(key));
}
