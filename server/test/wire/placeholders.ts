// Texts that are partly open: `<int>` stands for a number, `<v=int>` keeps it as `v`, `{{v}}` puts it in later.

/** What a placeholder takes. The same names stand for whole JSON values (ordered-json.ts). */
export const placeholderKinds = {
  any: '[\\s\\S]*?',
  text: '[\\s\\S]*?',
  int: '-?\\d+',
  number: '-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?',
  digits: '\\d+',
  iso: '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z',
  hex32: '[0-9A-F]{32}',
} as const satisfies Record<string, string>;

export type PlaceholderKind = keyof typeof placeholderKinds;

const placeholder = new RegExp(`<(?:(\\w+)=)?(${Object.keys(placeholderKinds).join('|')})>`, 'g');

/** The one placeholder that a text consists of, if it does. */
export function wholePlaceholder(text: string): { kind: PlaceholderKind; name: string | undefined } | undefined {
  const found = new RegExp(`^${placeholder.source}$`).exec(text);
  return found ? { kind: found[2] as PlaceholderKind, name: found[1] } : undefined;
}

export type Variables = Map<string, string>;

/** Whether `actual` is `pattern` with something fitting in the place of each placeholder; what has a name is kept. */
export function matchText(pattern: string, actual: string, variables: Variables): boolean {
  const names: (string | undefined)[] = [];
  let source = '';
  let from = 0;
  for (const found of pattern.matchAll(placeholder)) {
    source += escape(pattern.slice(from, found.index));
    source += `(${placeholderKinds[found[2] as PlaceholderKind]})`;
    names.push(found[1]);
    from = found.index + found[0].length;
  }
  const match = new RegExp(`^${source}${escape(pattern.slice(from))}$`).exec(actual);
  if (!match) return false;
  for (const [i, name] of names.entries()) if (name !== undefined) variables.set(name, match[i + 1] as string);
  return true;
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/**
 * Puts variables in: `{{v}}`, and `{{v+1}}` or `{{v-1}}` for a number beside it.
 * @throws Error for a name that nothing has set
 */
export function substitute(text: string, variables: Variables): string {
  return text.replace(/\{\{(\w+)(?:([+-])(\d+))?\}\}/g, (_all, name: string, sign?: string, offset?: string) => {
    const value = variables.get(name);
    if (value === undefined) throw new Error(`{{${name}}} was not set by an earlier exchange`);
    if (sign === undefined) return value;
    return String(Number(value) + (sign === '+' ? 1 : -1) * Number(offset));
  });
}
