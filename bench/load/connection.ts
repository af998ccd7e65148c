// One keep-alive connection that costs little: bytes go through one buffer, only the head of an answer is looked at.
// A general client would be the bottleneck: autocannon ends where a bare node:http server does.
import { connect as connectSocket, type Socket } from 'node:net';

/** Connections of a process are read one after the other, so they share the buffer. */
const buffer = Buffer.allocUnsafe(256 * 1024);
const headEnd = Buffer.from('\r\n\r\n');
const lengthName = Buffer.from('Content-Length: ');

export type OnAnswer = (status: number, bytes: number) => void;

export class Connection {
  readonly #socket: Socket;
  /** The beginning of a head whose end has not come yet. */
  #begun: Buffer | undefined;
  #status = 0;
  #bytes = 0;
  #missing = 0;
  onAnswer: OnAnswer = () => {};
  onLost: (error: Error) => void = () => {};

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const connection = new Connection(port, () => resolve(connection));
      connection.onLost = reject;
    });
  }

  private constructor(port: number, onOpen: () => void) {
    const callback = (length: number): boolean => {
      this.#read(buffer.subarray(0, length));
      return true;
    };
    this.#socket = connectSocket({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback } });
    this.#socket.on('connect', onOpen);
    this.#socket.on('error', (error) => this.onLost(error));
    this.#socket.on('close', () => this.onLost(new Error('the server closed a connection')));
  }

  /** Sends a whole request; the one before must have been answered. */
  send(request: Buffer): void {
    this.#socket.write(request);
  }

  close(): void {
    this.onLost = () => {};
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    if (this.#missing > 0) {
      this.#missing -= chunk.length;
      this.#bytes += chunk.length;
      if (this.#missing === 0) this.onAnswer(this.#status, this.#bytes);
      return;
    }
    const bytes = this.#begun ? Buffer.concat([this.#begun, chunk]) : chunk;
    const end = bytes.indexOf(headEnd);
    if (end < 0) {
      this.#begun = Buffer.from(bytes);
      return;
    }
    this.#begun = undefined;
    this.#status = (bytes[9]! - 48) * 100 + (bytes[10]! - 48) * 10 + (bytes[11]! - 48);
    const whole = end + headEnd.length + bodyLength(bytes, end, this.#status);
    this.#bytes = bytes.length;
    this.#missing = whole - bytes.length;
    if (this.#missing < 0) this.onLost(new Error('more came than the answer has'));
    else if (this.#missing === 0) this.onAnswer(this.#status, this.#bytes);
  }
}

function bodyLength(bytes: Buffer, headLength: number, status: number): number {
  if (status === 304) return 0;
  const at = bytes.indexOf(lengthName);
  if (at < 0 || at > headLength) throw new Error('an answer without Content-Length');
  let length = 0;
  for (let i = at + lengthName.length; bytes[i] !== 13; i++) length = length * 10 + bytes[i]! - 48;
  return length;
}
