// JSON text in the making, as bytes.

const quote = 0x22;
const backslash = 0x5c;

/** How the characters that cannot stand in a JSON string as they are are written there, by their code. */
const escapes: readonly (Buffer | undefined)[] = Array.from({ length: 256 }, (_, code) =>
  code < 0x20 || code === quote || code === backslash
    ? Buffer.from(JSON.stringify(String.fromCharCode(code)).slice(1, -1))
    : undefined,
);
const mustEscape = Uint8Array.from(escapes, (escape) => (escape ? 1 : 0));

/** Shorter ones are copied faster byte by byte. */
const shortBytes = 48;

export class JsonBytes {
  #bytes: Buffer;
  #length = 0;

  /** @param expected bytes; there may be more */
  constructor(expected: number) {
    this.#bytes = Buffer.allocUnsafe(expected);
  }

  get length(): number {
    return this.#length;
  }

  /** What was written. */
  whole(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Some bytes as they are. */
  add(from: Uint8Array, at: number, length: number): void {
    const bytes = this.#room(length);
    const to = this.#length;
    if (length > shortBytes) bytes.set(from.subarray(at, at + length), to);
    else for (let i = 0; i < length; i++) bytes[to + i] = from[at + i] as number;
    this.#length = to + length;
  }

  /** ASCII. */
  text(text: string): void {
    const bytes = this.#room(text.length);
    for (let i = 0; i < text.length; i++) bytes[this.#length++] = text.charCodeAt(i);
  }

  /** The UTF-8 bytes of a text as a JSON string. */
  string(from: Uint8Array, at: number, length: number): void {
    const bytes = this.#room(length * 6 + 2);
    let to = this.#length;
    bytes[to++] = quote;
    for (const end = at + length; at < end; at++) {
      const byte = from[at] as number;
      if (mustEscape[byte] === 0) bytes[to++] = byte;
      else to += (escapes[byte] as Buffer).copy(bytes, to);
    }
    bytes[to++] = quote;
    this.#length = to;
  }

  /** The bytes, with room for so many more. */
  #room(more: number): Buffer {
    const least = this.#length + more;
    if (least > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(least, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    return this.#bytes;
  }
}
