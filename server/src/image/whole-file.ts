// Finds files that were cut off where the decoders are lenient: PNG without its end, GIF with frames missing.

/** Every chunk is there, up to the one that ends the file. Bytes after it are allowed. */
function wholePng(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 8;
  while (at + 12 <= bytes.length) {
    if (view.getUint32(at + 4) === 0x49454e44) return true; // IEND
    at += 12 + view.getUint32(at);
  }
  return false;
}

/** Every block is there, up to the trailer. Bytes after it are allowed. */
function wholeGif(bytes: Uint8Array): boolean {
  const byte = (at: number): number => bytes[at] ?? -1;
  const palette = (flags: number): number => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  let at = 13 + palette(byte(10));
  while (at < bytes.length) {
    const kind = byte(at);
    if (kind === 0x3b) return true;
    if (kind === 0x21) at += 2;
    else if (kind === 0x2c) at += 11 + palette(byte(at + 9));
    else return false;
    while (byte(at) > 0) at += byte(at) + 1;
    at++;
  }
  return false;
}

const checks: Readonly<Record<string, (bytes: Uint8Array) => boolean>> = { png: wholePng, gif: wholeGif };

/** The file reaches its own end mark. `true` for formats whose decoder notices by itself that a file is cut off. */
export const isWholeFile = (format: string, bytes: Uint8Array): boolean => checks[format]?.(bytes) ?? true;
