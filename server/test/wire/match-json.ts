// Compares a JSON body with what is expected: exactly, order of members included, but for placeholders and `…`.
import { parseOrderedJson, printJson, type JsonNode } from './ordered-json.ts';
import { matchText, placeholderKinds, wholePlaceholder, type PlaceholderKind, type Variables } from './placeholders.ts';

/** Every difference with its path, none when the body is as expected. */
export function matchJson(expected: string, actual: string, variables: Variables): readonly string[] {
  const wanted = parseOrderedJson(expected, true);
  let found: JsonNode;
  try {
    found = parseOrderedJson(actual, false);
  } catch (error) {
    return [`the body is no JSON (${error instanceof Error ? error.message : String(error)})`];
  }
  const faults: string[] = [];
  compare(wanted, found, '$', variables, faults);
  return faults;
}

function compare(wanted: JsonNode, found: JsonNode, path: string, variables: Variables, faults: string[]): void {
  const differs = (): void => void faults.push(`${path}: expected ${printJson(wanted)}, got ${excerpt(found)}`);
  switch (wanted.kind) {
    case 'object':
      return found.kind === 'object' ? compareObjects(wanted, found, path, variables, faults) : differs();
    case 'array':
      return found.kind === 'array' ? compareArrays(wanted, found, path, variables, faults) : differs();
    case 'string':
      return matchString(wanted.value, found, variables) ? undefined : differs();
    case 'literal':
      return found.kind === 'literal' && found.text === wanted.text ? undefined : differs();
    default:
      return wanted satisfies never;
  }
}

type ObjectNode = JsonNode & { kind: 'object' };
type ArrayNode = JsonNode & { kind: 'array' };

function compareObjects(wanted: ObjectNode, found: ObjectNode, path: string, variables: Variables, faults: string[]) {
  const names = wanted.members.map(([name]) => name);
  const given = found.members.map(([name]) => name);
  const comparable = wanted.open ? given.slice(0, names.length) : given;
  if (names.join('\0') !== comparable.join('\0'))
    return void faults.push(`${path}: expected the members ${names.join(', ')}${wanted.open ? ', …' : ''}, got ${given.join(', ')}`); // oxfmt-ignore
  for (const [i, [name, value]] of wanted.members.entries())
    compare(value, (found.members[i] as readonly [string, JsonNode])[1], `${path}.${name}`, variables, faults);
}

function compareArrays(wanted: ArrayNode, found: ArrayNode, path: string, variables: Variables, faults: string[]) {
  const fits = wanted.open ? found.items.length >= wanted.items.length : found.items.length === wanted.items.length;
  if (!fits)
    return void faults.push(`${path}: expected ${wanted.items.length}${wanted.open ? ' or more' : ''} items, got ${found.items.length}: ${excerpt(found)}`); // oxfmt-ignore
  for (const [i, item] of wanted.items.entries())
    compare(item, found.items[i] as JsonNode, `${path}[${i}]`, variables, faults);
}

/** A text, or a placeholder for a whole value: `"<int>"` is a number, `"<iso>"` a text of that form. */
function matchString(wanted: string, found: JsonNode, variables: Variables): boolean {
  const placeholder = wholePlaceholder(wanted);
  if (!placeholder) return found.kind === 'string' && matchText(wanted, found.value, variables);
  const { kind, name } = placeholder;
  if (!fits(kind, found)) return false;
  if (name !== undefined) variables.set(name, found.kind === 'string' ? found.value : printJson(found));
  return true;
}

function fits(kind: PlaceholderKind, found: JsonNode): boolean {
  switch (kind) {
    case 'any':
      return true;
    case 'text':
      return found.kind === 'string';
    case 'int':
    case 'number':
      return found.kind === 'literal' && new RegExp(`^${placeholderKinds[kind]}$`).test(found.text);
    case 'digits':
    case 'iso':
    case 'hex32':
      return found.kind === 'string' && new RegExp(`^${placeholderKinds[kind]}$`).test(found.value);
    default:
      return kind satisfies never;
  }
}

function excerpt(node: JsonNode): string {
  const text = printJson(node);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
