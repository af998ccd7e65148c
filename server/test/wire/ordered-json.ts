// JSON that keeps what JSON.parse loses: the order of members, members given twice, how numbers are written.

export type JsonNode =
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, JsonNode])[]; readonly open: boolean }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[]; readonly open: boolean }
  | { readonly kind: 'string'; readonly value: string }
  /** `true`, `false`, `null` or a number as written. */
  | { readonly kind: 'literal'; readonly text: string };

const literal = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;
// oxlint-disable-next-line no-control-regex -- JSON texts hold none
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const space = /[ \t\r\n]*/y;

/**
 * @param allowOpen `…` may stand at the end of an object or array: more may follow
 * @throws SyntaxError where the text is no JSON
 */
export function parseOrderedJson(text: string, allowOpen: boolean): JsonNode {
  let at = 0;
  const fail = (): never => {
    throw new SyntaxError(`no JSON at ${at}: ${JSON.stringify(text.slice(at, at + 40))}`);
  };
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const eat = (sign: string): boolean => {
    take(space);
    if (!text.startsWith(sign, at)) return false;
    at += sign.length;
    take(space);
    return true;
  };
  /** The parts of an object or array up to `close`; true when `…` ended them. */
  const parts = (close: string, part: () => void): boolean => {
    if (eat(close)) return false;
    for (;;) {
      if (allowOpen && eat('…')) {
        if (!eat(close)) fail();
        return true;
      }
      part();
      if (eat(close)) return false;
      if (!eat(',')) fail();
    }
  };
  const value = (): JsonNode => {
    if (eat('{')) {
      const members: [string, JsonNode][] = [];
      const open = parts('}', () => {
        const name = JSON.parse(take(string) ?? fail()) as string;
        if (!eat(':')) fail();
        members.push([name, value()]);
      });
      return { kind: 'object', members, open };
    }
    if (eat('[')) {
      const items: JsonNode[] = [];
      const open = parts(']', () => void items.push(value()));
      return { kind: 'array', items, open };
    }
    const quoted = take(string);
    if (quoted !== undefined) return { kind: 'string', value: JSON.parse(quoted) as string };
    return { kind: 'literal', text: take(literal) ?? fail() };
  };
  take(space);
  const root = value();
  take(space);
  if (at < text.length) fail();
  return root;
}

export const printJson = (node: JsonNode): string => {
  switch (node.kind) {
    case 'object':
      return `{${node.members.map(([name, value]) => `${JSON.stringify(name)}:${printJson(value)}`).join(',')}}`;
    case 'array':
      return `[${node.items.map(printJson).join(',')}]`;
    case 'string':
      return JSON.stringify(node.value);
    case 'literal':
      return node.text;
    default:
      return node satisfies never;
  }
};
