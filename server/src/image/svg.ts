// SVG as text: is it one, is it whole, how large is it. Nothing here draws an SVG or follows what it refers to.

/** How much of a file may stand before its root element. */
const prologBytes = 65_536;

const space = /\s/;
const doctype = /^<!doctype\s+(?:[a-z_][\w.-]*:)?svg[\s>[]/i;
const rootName = /^<(?:[A-Za-z_][\w.-]*:)?svg(?=[\s/>])/;

/** Index after a piece that starts at `at` and ends with `end`; -1 when the end is missing. */
function after(text: string, end: string, at: number): number {
  const found = text.indexOf(end, at);
  return found < 0 ? -1 : found + end.length;
}

/** Index after a tag or declaration at `at`: its `>` outside quotes and outside the brackets of a DOCTYPE. */
function afterTag(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const char = text[i];
    if (char === '"' || char === "'") {
      i = text.indexOf(char, i + 1);
      if (i < 0) return -1;
    } else if (char === '<' && text.startsWith('<!--', i)) {
      i = text.indexOf('-->', i + 4);
      if (i < 0) return -1;
    } else if (char === '[') depth++;
    else if (char === ']') depth--;
    else if (char === '>' && depth <= 0) return i + 1;
  }
  return -1;
}

/** Index of the root element's `<`, past white space, processing instructions, comments and a DOCTYPE; -1 if none. */
function rootStart(text: string): number {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (at >= 0 && at < text.length) {
    if (space.test(text[at] ?? '')) at++;
    else if (text.startsWith('<?', at)) at = after(text, '?>', at);
    else if (text.startsWith('<!--', at)) at = after(text, '-->', at + 4);
    else if (doctype.test(text.slice(at, at + 256))) at = afterTag(text, at);
    else return text[at] === '<' ? at : -1;
  }
  return -1;
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The root element of the file is `svg` (UTF-8 or ASCII; at most 64 KiB may stand before it). */
export function isSvg(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, prologBytes);
  const first = head.find((byte) => byte > 0x20);
  if (first !== 0x3c && first !== 0xef) return false;
  const text = decode(head);
  const at = rootStart(text);
  return at >= 0 && rootName.test(text.slice(at, at + 256));
}

/** Every element is closed in its turn and nothing but remarks follows the root: a cut-off file fails. */
function isWhole(text: string, root: number): boolean {
  const open: string[] = [];
  let at = root;
  let rootsSeen = 0;
  for (;;) {
    const next = text.indexOf('<', at);
    if (open.length === 0 && rootsSeen === 1 && text.slice(at, next < 0 ? undefined : next).trim() !== '') return false;
    if (next < 0) return open.length === 0 && rootsSeen === 1;
    if (text.startsWith('<!--', next)) at = after(text, '-->', next + 4);
    else if (text.startsWith('<![CDATA[', next)) at = after(text, ']]>', next);
    else if (text.startsWith('<?', next)) at = after(text, '?>', next);
    else {
      at = afterTag(text, next);
      if (at < 0) return false;
      const name = /^<\/?([^\s/>]+)/.exec(text.slice(next, Math.min(at, next + 256)))?.[1];
      if (name === undefined) return false;
      if (text[next + 1] === '/') {
        if (open.pop() !== name) return false;
      } else {
        if (open.length === 0) rootsSeen++;
        if (text[at - 2] !== '/') open.push(name);
      }
    }
    if (at < 0) return false;
  }
}

const pixelsPerUnit: Readonly<Record<string, number>> = {
  '': 1,
  px: 1,
  pt: 4 / 3,
  pc: 16,
  in: 96,
  cm: 96 / 2.54,
  mm: 96 / 25.4,
};

/** A length in pixels; `undefined` for percentages, unknown units and lengths that are not positive. */
function pixels(text: string | undefined): number | undefined {
  const parts = /^\s*\+?(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})([a-z]{0,2})\s*$/i.exec(text ?? '');
  const unit = pixelsPerUnit[parts?.[2]?.toLowerCase() ?? ''];
  const value = Number(parts?.[1]) * (unit ?? NaN);
  return value > 0 ? value : undefined;
}

function attribute(tag: string, name: string): string | undefined {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(tag);
  return found?.[1] ?? found?.[2];
}

/** Width and height of a whole SVG in pixels. */
export interface SvgSize {
  /** Whole pixels, at least 1; 0 when the file does not say. */
  readonly width: number;
  readonly height: number;
}

/**
 * The size an SVG says it has: `width` and `height` of the root, what is missing taken from `viewBox`.
 * `undefined` when the bytes are not a whole SVG.
 */
export function readSvg(bytes: Uint8Array): SvgSize | undefined {
  const text = decode(bytes);
  const root = rootStart(text);
  if (root < 0 || !rootName.test(text.slice(root, root + 256)) || !isWhole(text, root)) return undefined;
  const tag = text.slice(root, afterTag(text, root));
  const width = pixels(attribute(tag, 'width'));
  const height = pixels(attribute(tag, 'height'));
  const box = (attribute(tag, 'viewBox') ?? '').trim().split(/[\s,]+/);
  const boxWidth = box.length === 4 ? pixels(box[2]) : undefined;
  const boxHeight = box.length === 4 ? pixels(box[3]) : undefined;
  const whole = (value: number | undefined): number => (value === undefined ? 0 : Math.max(1, Math.round(value)));
  if (boxWidth === undefined || boxHeight === undefined) return { width: whole(width), height: whole(height) };
  return {
    width: whole(width ?? (height === undefined ? boxWidth : (height * boxWidth) / boxHeight)),
    height: whole(height ?? (width === undefined ? boxHeight : (width * boxHeight) / boxWidth)),
  };
}
