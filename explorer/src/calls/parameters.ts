// The parameters of a call as JSON: what is wrong with them, and what they may look like.
import { dataClassOf, type Catalog } from '../api/catalog.ts';
import type { Callable } from '../api/functions.ts';
import { readJson } from '../cells/object/input.tsx';

/** Why the text is no list of parameters. */
export function faultOf(text: string): string | undefined {
  const read = readJson(text);
  if (read.kind === 'unreadable') return read.why;
  if (read.kind === 'value' && read.value !== null && !Array.isArray(read.value))
    return 'An array is expected, with one element for each parameter';
  return undefined;
}

const examples: Readonly<Record<string, string>> = {
  string: '"text"',
  number: '5',
  boolean: 'true',
  object: '{}',
  array: '[]',
  any: 'null',
};

/** What stands in the empty field. */
export const placeholderFor = ({ parameters = [] }: Callable): string =>
  `[${parameters.map((type) => examples[type.replace('?', '')] ?? '{…}').join(', ')}]`;

/** An entity as a parameter; undefined where the function takes none. */
export function entityExample(fn: Callable, catalog: Catalog): string | undefined {
  const declared = fn.parameters?.map((type) => type.replace('?', '')).find((type) => dataClassOf(catalog, type));
  if (fn.parameters !== undefined && declared === undefined) return undefined;
  const own = dataClassOf(catalog, fn.owner ?? '') ?? catalog.dataClasses[0];
  return JSON.stringify({ __DATACLASS: declared ?? own?.name ?? '', __ENTITY: true, __KEY: '1' });
}
