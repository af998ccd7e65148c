// Reads a conversation: a text file of exchanges, each a request and the answer it must get. The format is in README.md.

export interface HttpFile {
  /** `@model NAME` of the head; a key of `stocks` in company.ts, or several with spaces between them. */
  readonly model: string;
  /** `@setting name=value` lines of the head. */
  readonly settings: Readonly<Record<string, string>>;
  readonly exchanges: readonly Exchange[];
}

export interface Exchange {
  readonly title: string;
  /** Line of the title, from 1. */
  readonly line: number;
  /** Whose cookies go along. */
  readonly client: string;
  /** Which server of the file answers. */
  readonly node: number;
  /** Through the shared cache instead of straight to the server. */
  readonly viaCache: boolean;
  /** All servers of the file stop and start again on the same data before the request. */
  readonly restart: boolean;
  /** Milliseconds the clock moves before the request. */
  readonly clock: number;
  /** API keys that are made before the request, by the name their texts and ids are remembered by. */
  readonly keys: readonly KeyDirective[];
  /** Keys that are removed before the request, by that name. */
  readonly removedKeys: readonly string[];
  /** Texts that must occur neither in the headers nor in the body of the answer. */
  readonly not: readonly string[];
  readonly method: string;
  /** As written; spaces and letters beyond ASCII are encoded when it is sent. */
  readonly url: string;
  readonly headers: readonly Header[];
  readonly body: readonly string[];
  readonly expected: Expected;
}

export interface KeyDirective {
  readonly name: string;
  /** Wishes as `keystamp key add` takes them. */
  readonly wishes: Readonly<Record<string, string>>;
}

export type Header = readonly [name: string, value: string];

export interface Expected {
  readonly status: number;
  readonly headers: readonly Header[];
  /** No line: no body. */
  readonly body: readonly string[];
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * @param name of the file, for messages
 * @throws SyntaxError with `name:line`
 */
export function parseHttpFile(text: string, name: string): HttpFile {
  const lines = text.split(/\r?\n/);
  const starts = lines.flatMap((line, at) => (line.startsWith('### ') ? [at] : []));
  const head = parseHead(lines.slice(0, starts[0] ?? lines.length), name);
  const exchanges = starts.map((start, i) => {
    const fail = (at: number, message: string): never => {
      throw new SyntaxError(`${name}:${start + at + 1}: ${message}`);
    };
    return parseExchange(lines.slice(start, starts[i + 1] ?? lines.length), start + 1, fail);
  });
  if (exchanges.length === 0) throw new SyntaxError(`${name}: no exchange`);
  return { ...head, exchanges };
}

function parseHead(lines: readonly string[], name: string): Omit<HttpFile, 'exchanges'> {
  let model = 'company';
  const settings: Record<string, string> = {};
  for (const [at, line] of lines.entries()) {
    if (line.trim() === '' || /^#(?!##)/.test(line)) continue;
    const named = /^@model (\w+(?: \w+)*)$/.exec(line);
    const setting = /^@setting (\w+)=(.*)$/.exec(line);
    if (named) model = named[1] as string;
    else if (setting) settings[setting[1] as string] = setting[2] as string;
    else throw new SyntaxError(`${name}:${at + 1}: only @model, @setting and # lines stand before the first ###`);
  }
  return { model, settings };
}

type Directives = Pick<Exchange, 'client' | 'node' | 'viaCache' | 'restart' | 'clock' | 'not' | 'keys' | 'removedKeys'>;

function parseExchange(lines: readonly string[], line: number, fail: (at: number, why: string) => never): Exchange {
  const cut = lines.indexOf('---');
  if (cut < 0) fail(0, 'no --- between request and answer');
  if (lines.indexOf('---', cut + 1) >= 0) fail(0, 'two lines --- in one exchange');
  const directives = {
    client: 'default',
    node: 1,
    viaCache: false,
    restart: false,
    clock: 0,
    not: [] as string[],
    keys: [] as KeyDirective[],
    removedKeys: [] as string[],
  };
  let at = 1;
  for (; at < cut; at++) {
    const text = lines[at] as string;
    if (text.trim() === '' || text.startsWith('#')) continue;
    if (!text.startsWith('@')) break;
    if (!readDirective(text, directives)) fail(at, `unknown directive ${text}`);
  }
  const request = /^([A-Z]+) (\/\S*.*)$/.exec(lines[at] ?? '');
  if (at >= cut || !request) fail(at, 'a request line is expected: GET /rest/…');
  const [, method, url] = request as unknown as [string, string, string];
  const asked = headersAndBody(lines.slice(at + 1, cut), (offset, why) => fail(at + 1 + offset, why));

  let answer = cut + 1;
  while (answer < lines.length && (lines[answer] as string).trim() === '') answer++;
  const status = /^[1-5]\d\d$/.exec(lines[answer] ?? '');
  if (!status) fail(answer, 'the status is expected: 200');
  const rest = headersAndBody(lines.slice(answer + 1), (offset, why) => fail(answer + 1 + offset, why));
  return {
    title: (lines[0] as string).slice(4).trim(),
    line,
    ...directives,
    method,
    url: url.trimEnd(),
    ...asked,
    expected: { status: Number(lines[answer]), ...rest },
  };
}

function readDirective(
  text: string,
  into: { -readonly [K in keyof Directives]: Directives[K] } & {
    not: string[];
    keys: KeyDirective[];
    removedKeys: string[];
  },
) {
  const client = /^@client (\w+)$/.exec(text);
  const node = /^@node ([1-9])$/.exec(text);
  const clock = /^@clock \+(\d+)(ms|s|m|h|d)$/.exec(text);
  const not = /^@not (.+)$/.exec(text);
  const key = /^@key (\w+)((?: \w+=\S+)*)$/.exec(text);
  const removed = /^@remove-key (\w+)$/.exec(text);
  if (client) into.client = client[1] as string;
  else if (node) into.node = Number(node[1]);
  else if (clock) into.clock += Number(clock[1]) * (units[clock[2] as string] as number);
  else if (key) {
    const wishes = Object.fromEntries(
      (key[2] as string)
        .trim()
        .split(' ')
        .filter(Boolean)
        .map((wish) => wish.split('=')),
    );
    into.keys.push({ name: key[1] as string, wishes: wishes as Record<string, string> });
  } else if (removed) into.removedKeys.push(removed[1] as string);
  else if (not) into.not.push(not[1] as string);
  else if (text === '@restart') into.restart = true;
  else if (text === '@via cache') into.viaCache = true;
  else return false;
  return true;
}

function headersAndBody(
  lines: readonly string[],
  fail: (at: number, why: string) => never,
): { headers: readonly Header[]; body: readonly string[] } {
  const blank = lines.findIndex((line) => line.trim() === '');
  const headLines = blank < 0 ? lines : lines.slice(0, blank);
  const headers = headLines.map((line, at): Header => {
    const header = /^([\w-]+):[ ]?(.*)$/.exec(line);
    if (!header) return fail(at, `a header is expected: ${line}`);
    return [header[1] as string, (header[2] as string).trim()];
  });
  const body = blank < 0 ? [] : lines.slice(blank + 1);
  while (body.length > 0 && (body.at(-1) as string).trim() === '') body.pop();
  return { headers, body };
}
