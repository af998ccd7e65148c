// Messages between the server and a converter: two lengths (32 bits each), a JSON header, raw bytes.
import type { Writable } from 'node:stream';

/** Writes one message. The bytes are not copied; they must not change until the stream has taken them. */
export function writeFrame(stream: Writable, header: unknown, body: Uint8Array = new Uint8Array(0)): void {
  const json = Buffer.from(JSON.stringify(header));
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32BE(json.length, 0);
  lengths.writeUInt32BE(body.length, 4);
  stream.write(Buffer.concat([lengths, json]));
  if (body.length > 0) stream.write(body);
}

// Lengths beyond these do not come from our own program in its right mind.
const maxHeaderBytes = 64 * 1024;
const maxBodyBytes = 1024 * 1024 * 1024;

/** Puts messages together again from the chunks of a stream. Each body is a buffer of its own. */
export class FrameReader<Header> {
  readonly #onFrame: (header: Header, body: Buffer) => void;
  #stage: 'lengths' | 'header' | 'body' = 'lengths';
  #part = Buffer.alloc(8);
  #filled = 0;
  #bodyLength = 0;
  #header = '';

  constructor(onFrame: (header: Header, body: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  /**
   * Takes the next chunk; calls back once per message that it completes.
   * @throws Error when the stream cannot be one of messages; nothing more should be pushed then
   */
  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let at = 0; ;) {
      const copied = bytes.copy(this.#part, this.#filled, at);
      at += copied;
      this.#filled += copied;
      if (this.#filled < this.#part.length) return;
      this.#completePart();
    }
  }

  #completePart(): void {
    const part = this.#part;
    this.#filled = 0;
    switch (this.#stage) {
      case 'lengths':
        this.#bodyLength = part.readUInt32BE(4);
        if (part.readUInt32BE(0) > maxHeaderBytes || this.#bodyLength > maxBodyBytes) throw new Error('bad lengths');
        this.#part = Buffer.alloc(part.readUInt32BE(0));
        this.#stage = 'header';
        return;
      case 'header':
        this.#header = part.toString();
        this.#part = Buffer.allocUnsafeSlow(this.#bodyLength);
        this.#stage = 'body';
        return;
      case 'body':
        this.#part = Buffer.alloc(8);
        this.#stage = 'lengths';
        this.#onFrame(JSON.parse(this.#header) as Header, part);
        return;
      default:
        this.#stage satisfies never;
    }
  }
}
