// A connection whose parser stumbled over a raw request line (see request-lines.ts) is read again from that line on, and
// watched from then on. Connections that send what HTTP asks for never come here, so taking such lines costs them nothing.
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { watchRequestLines } from './request-lines.ts';

/** What Node tells of bytes that are no HTTP request. */
export interface ClientError {
  readonly code?: string;
  /** Bytes of the packet in front of the one that cannot stand there. */
  readonly bytesParsed?: number;
  /** The packet; Fastify's types describe its JSON form. */
  readonly rawPacket?: unknown;
}

/** What the parser says of spaces and letters in a URL. */
const rawLineCodes: ReadonlySet<string | undefined> = new Set([
  'HPE_INVALID_URL',
  'HPE_INVALID_CONSTANT',
  'HPE_INVALID_VERSION',
]);
const methodAndPath = /^[A-Z]+ +\//;

/**
 * Reads a connection again whose parser has refused it, when the refused packet begins with the request line at fault and
 * no answer is under way. A line that comes in pieces of which the first is plain cannot be read again.
 * @returns false when nothing was done: the connection is to be refused
 */
export function readAgain(server: Server, { code, bytesParsed = 0, rawPacket }: ClientError, socket: Socket): boolean {
  if (!Buffer.isBuffer(rawPacket) || !rawLineCodes.has(code) || socket instanceof SecondReading) return false;
  const lineEnd = rawPacket.indexOf('\n');
  if (lineEnd >= 0 && bytesParsed > lineEnd) return false;
  if (!methodAndPath.test(rawPacket.toString('latin1', 0, 32))) return false;
  if ((socket as { _httpMessage?: unknown })._httpMessage) return false;
  const again = new SecondReading(socket);
  server.emit('connection', again);
  watchRequestLines(server, again as unknown as Socket);
  again.begin(rawPacket);
  return true;
}

/** The same connection for a new parser: what comes in goes to it alone, what it writes goes out. */
class SecondReading extends Duplex {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    // The first parser hears of the end of the connection, and of nothing before.
    socket.removeAllListeners('data').removeAllListeners('end').removeAllListeners('timeout');
  }

  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }

  /** @param packet what the first parser could not read; the rest of the connection follows */
  begin(packet: Buffer): void {
    const socket = this.#socket;
    socket.on('data', (bytes: Buffer) => {
      if (!this.push(bytes)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('close', () => this.destroy());
    socket.on('timeout', () => this.emit('timeout'));
    this.push(packet);
  }

  setTimeout(milliseconds: number, onTimeout?: () => void): this {
    this.#socket.setTimeout(milliseconds);
    if (onTimeout) this.on('timeout', onTimeout);
    return this;
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(bytes, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
