// Request lines as some clients send them: with raw spaces and raw UTF-8 in the URL (spec 01 § 3.2), which Node's parser
// refuses. They are percent-encoded on their way to the parser. Nothing but the URL of a request line is ever changed, and
// where a request ends is never guessed: the parser itself says so, by the request it makes of the head. Where it does
// not say so plainly (a body in chunks, an upgrade) the rest of the connection goes through as it is.
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

type Parse = (bytes: Buffer) => void;

const lf = 10;
const cr = 13;
const space = 32;

const watched = new WeakMap<Server, WeakMap<Socket, RequestLines>>();

/** Makes the server take such request lines on all connections. To be called before it listens. */
export function takeRawRequestLines(server: Server): void {
  // The server's own listener came first: it has put the parser behind the socket.
  server.on('connection', (socket: Socket) => watchRequestLines(server, socket));
}

/** Makes the server take such request lines on one connection, whose parser is there and has read nothing yet. */
export function watchRequestLines(server: Server, socket: Socket): void {
  const [parse, ...others] = socket.listeners('data') as Parse[];
  if (!parse || others.length > 0) return;
  const lines = new RequestLines(socket, parse);
  connectionsOf(server).set(socket, lines);
  socket.on('data', (bytes: Buffer) => lines.take(bytes));
  socket.removeListener('data', parse);
}

/** The connections of a server that are watched; from the first one on, each learns which requests the parser made. */
function connectionsOf(server: Server): WeakMap<Socket, RequestLines> {
  let connections = watched.get(server);
  if (!connections) {
    const made = new WeakMap<Socket, RequestLines>();
    watched.set(server, (connections = made));
    server.prependListener('request', (request) => made.get(request.socket)?.begin(request));
  }
  return connections;
}

/**
 * `start`, `method`, `gap`, `target`: in the request line, the gap being the spaces before the URL; `head`: behind it up
 * to the empty line; `body`: in as many bytes as the head announced; `through`: nothing is looked at any more.
 */
type Place = 'start' | 'method' | 'gap' | 'target' | 'head' | 'body' | 'through';

/** What one connection sends. */
class RequestLines {
  readonly #socket: Socket;
  readonly #parse: Parse;
  #place: Place = 'start';
  /** Of a request line: what may be its end, so that nobody knows yet whether its spaces belong to the URL. */
  #held: Buffer | undefined;
  /** Something of the request line was encoded. */
  #changed = false;
  /** The last bytes of the head so far, at most two. */
  #headTail = '';
  /** Bytes of the body to come. */
  #bodyLeft = 0;
  /** The request that the parser made of the last head. */
  #request: IncomingMessage | undefined;

  constructor(socket: Socket, parse: Parse) {
    this.#socket = socket;
    this.#parse = parse;
  }

  /** The parser has read a head. */
  begin(request: IncomingMessage): void {
    this.#request = request;
  }

  take(bytes: Buffer): void {
    if (this.#place === 'start' && isPlainHead(bytes)) {
      this.#request = undefined;
      this.#parseBytes(bytes);
      this.#place = this.#afterHead();
      return;
    }
    let chunk = bytes;
    if (this.#held) {
      chunk = Buffer.concat([this.#held, bytes]);
      this.#held = undefined;
    }
    let at = 0;
    while (at < chunk.length) {
      switch (this.#place) {
        case 'start':
        case 'method':
        case 'gap':
        case 'target':
        case 'head':
          at = this.#takeHead(chunk, at);
          break;
        case 'body':
          at = this.#takeBody(chunk, at);
          break;
        case 'through':
          return this.#feed(chunk, at, chunk.length);
        default:
          return this.#place satisfies never;
      }
    }
  }

  /** Takes the request line and the head behind it, as far as they go; where the body begins, or the end of the chunk. */
  #takeHead(chunk: Buffer, from: number): number {
    let fed = from;
    let at = from;
    while (at < chunk.length && this.#place !== 'head') {
      const code = chunk[at] as number;
      switch (this.#place) {
        case 'start':
          // Empty lines before a request are allowed.
          if (code === cr || code === lf) at++;
          else this.#place = 'method';
          break;
        case 'method':
          if (code === lf) return this.#giveUp(fed);
          if (code === space) this.#place = 'gap';
          at++;
          break;
        case 'gap':
          if (code === space) at++;
          else this.#place = 'target';
          break;
        default: {
          if (code === lf) {
            this.#feed(chunk, fed, at);
            return this.#giveUp(at);
          }
          const end = code === space ? endOfLine(chunk, at) : undefined;
          if (end === 'open') {
            this.#feed(chunk, fed, at);
            // A copy: the bytes of a chunk belong to the socket.
            this.#held = Buffer.from(chunk.subarray(at));
            return chunk.length;
          }
          if (end !== undefined) {
            this.#place = 'head';
            this.#changed = false;
            this.#request = undefined;
            this.#headTail = '\n';
            at = end;
          } else if (code === space || code > 0x7f) {
            this.#feed(chunk, fed, at);
            this.#changed = true;
            this.#parseBytes(Buffer.from(`%${code.toString(16).toUpperCase().padStart(2, '0')}`));
            fed = ++at;
          } else at++;
        }
      }
    }
    return this.#takeFields(chunk, fed, at);
  }

  /** Takes the fields from `at` on, with what was not yet fed from `fed` on. */
  #takeFields(chunk: Buffer, fed: number, at: number): number {
    if (this.#place !== 'head') {
      this.#feed(chunk, fed, chunk.length);
      return chunk.length;
    }
    const end = this.#endOfFields(chunk, at);
    if (end === undefined) {
      this.#feed(chunk, fed, chunk.length);
      if (this.#request) this.#place = 'through';
      this.#headTail = (this.#headTail + chunk.toString('latin1', Math.max(at, chunk.length - 2))).slice(-2);
      return chunk.length;
    }
    this.#feed(chunk, fed, end);
    this.#place = this.#afterHead();
    return end;
  }

  /** Where the empty line behind the fields ends: the first line end that follows another, with or without a CR. */
  #endOfFields(chunk: Buffer, at: number): number | undefined {
    const tail = this.#headTail;
    const first = chunk[at];
    if (tail.endsWith('\n') && first === lf) return at + 1;
    if (tail.endsWith('\n') && first === cr && chunk[at + 1] === lf) return at + 2;
    if (tail === '\n\r' && first === lf) return at + 1;
    const usual = chunk.indexOf(emptyLine, at);
    const bare = chunk.subarray(at, usual < 0 ? chunk.length : usual).indexOf(bareEmptyLine);
    if (bare >= 0) return at + bare + 2;
    return usual < 0 ? undefined : usual + 3;
  }

  /** What follows the head that was fed last, as the parser has read it. */
  #afterHead(): Place {
    const request = this.#request;
    if (!request) return 'through';
    const { 'content-length': length, 'transfer-encoding': coding, upgrade } = request.headers;
    if (coding !== undefined || upgrade !== undefined || request.method === 'CONNECT') return 'through';
    this.#bodyLeft = Number(length ?? 0);
    if (this.#bodyLeft > 0) return 'body';
    return request.complete ? 'start' : 'through';
  }

  #takeBody(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#bodyLeft);
    this.#bodyLeft -= end - at;
    this.#feed(chunk, at, end);
    if (this.#bodyLeft === 0) this.#place = this.#request?.complete ? 'start' : 'through';
    return end;
  }

  /**
   * No request line of HTTP/1: the parser shall say so. A line that was changed must not pass for the one without a
   * version that HTTP/0.9 had, so it gets a space where none may stand.
   */
  #giveUp(fed: number): number {
    this.#place = 'through';
    if (this.#changed) this.#parseBytes(Buffer.from(' '));
    return fed;
  }

  #feed(chunk: Buffer, from: number, to: number): void {
    if (from < to) this.#parseBytes(from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to));
  }

  /** What comes after a refusal, or after the last answer, is not read. */
  #parseBytes(bytes: Buffer): void {
    if (this.#socket.writable) this.#parse(bytes);
  }
}

/** The usual case: one whole head and nothing behind it, with a line that needs no change. */
function isPlainHead(bytes: Buffer): boolean {
  const { length } = bytes;
  if (length < 18 || bytes[length - 1] !== lf || bytes[length - 3] !== lf) return false;
  let spaces = 0;
  let at = 0;
  for (let code = bytes[0] as number; code !== lf; code = bytes[++at] as number) {
    if (code > 0x7f || (code === space && ++spaces > 2) || at === length - 1) return false;
  }
  // Not a line that ends where its URL goes on, and no second head: the first empty line is the last.
  return spaces === 2 && at > 2 && bytes.indexOf(emptyLine, at) === length - 3 && bytes.indexOf(bareEmptyLine, at) < 0;
}

const emptyLine = Buffer.from('\n\r\n');
const bareEmptyLine = Buffer.from('\n\n');

const versions = [Buffer.from('HTTP/1.1\r\n'), Buffer.from('HTTP/1.0\r\n')];
/** More spaces than that before the version belong to the URL. */
const mostSpaces = 16;

/**
 * Where the request line ends whose URL may end at the space `at`: behind its CR LF. `undefined`: the space belongs to the
 * URL; `open`: the next bytes will tell.
 */
function endOfLine(chunk: Buffer, at: number): number | 'open' | undefined {
  let start = at;
  while (start < chunk.length && chunk[start] === space) if (++start - at > mostSpaces) return undefined;
  const rest = chunk.subarray(start, start + 10);
  for (const version of versions) {
    if (!rest.equals(version.subarray(0, rest.length))) continue;
    return rest.length === version.length ? start + version.length : 'open';
  }
  return undefined;
}
