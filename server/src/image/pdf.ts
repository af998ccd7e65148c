// PDF from the outside: is the file whole, how large is its first page. It is kept and delivered, never drawn.

const tailBytes = 1024;
const searchBytes = 1024 * 1024;

/** Width and height in pixels (96 per inch), 0 when no page size can be read; `undefined` when the file is cut off. */
export function readPdf(bytes: Uint8Array): { readonly width: number; readonly height: number } | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!buffer.subarray(-tailBytes).includes('%%EOF')) return undefined;
  const text = buffer.toString('latin1', 0, searchBytes);
  const box = /\/MediaBox\s*\[\s*(-?[\d.]{1,12})\s+(-?[\d.]{1,12})\s+(-?[\d.]{1,12})\s+(-?[\d.]{1,12})\s*\]/.exec(text);
  if (!box) return { width: 0, height: 0 };
  const side = (from: string | undefined, to: string | undefined): number =>
    Math.round((Math.abs(Number(to) - Number(from)) * 96) / 72) || 0;
  return { width: side(box[1], box[3]), height: side(box[2], box[4]) };
}
