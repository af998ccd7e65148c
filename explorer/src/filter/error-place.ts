// Where in the text of a filter the server's complaint belongs.
import type { KeystampError } from '@keystamp/client';
import { tokenize } from './tokens.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The place; the end of the text where something is missing there, all of it when nothing more is known. */
export function errorPlace(filter: string, { entries }: KeystampError): Span {
  const whole = { start: 0, end: filter.length };
  const atEnd = { start: Math.max(0, filter.trimEnd().length - 1), end: filter.trimEnd().length };
  const [entry] = entries;
  if (!entry) return whole;
  const { message, errCode } = entry;
  const said = message.slice(message.indexOf(':') + 1).trim();
  switch (errCode) {
    case 1500:
    case 1574: {
      const name = /"([^"]+)"/.exec(message)?.[1];
      return (name !== undefined && nameIn(filter, name)) || whole;
    }
    case 1279:
      return spanOf(filter, /:[\w.$]+/.exec(message)?.[0]) ?? whole;
    case 1280:
      return spanOf(filter, /^(.*) for [^ ]+$/s.exec(said)?.[1] ?? said) ?? whole;
    case 1112: {
      const at = filter.lastIndexOf(said);
      return said !== '' && at >= 0 ? { start: at, end: at + (/^\S+/.exec(said)?.[0].length ?? 1) } : atEnd;
    }
    case 1275:
      return said.startsWith('a )') || said.includes(') is missing')
        ? (lastOpen(filter) ?? atEnd)
        : (spanOf(filter, ')', true) ?? atEnd);
    case 1162: {
      const text = /the text (['"].*?) has no closing/s.exec(said)?.[1] ?? /^(.+?) is no /s.exec(said)?.[1];
      return spanOf(filter, text) ?? (said.startsWith('is no') ? atEnd : whole);
    }
    default:
      return whole;
  }
}

/** A name as a part of a path. */
function nameIn(filter: string, name: string): Span | undefined {
  for (const { kind, text, start } of tokenize(filter)) {
    if (kind !== 'path') continue;
    let at = start;
    for (const part of text.split('.')) {
      if (part.replace(/[{[].*$/, '') === name) return { start: at, end: at + part.length };
      at += part.length + 1;
    }
    if (text === name) return { start, end: start + text.length };
  }
  return undefined;
}

function spanOf(filter: string, text: string | undefined, last = false): Span | undefined {
  if (text === undefined || text === '') return undefined;
  const at = last ? filter.lastIndexOf(text) : filter.indexOf(text);
  return at < 0 ? undefined : { start: at, end: at + text.length };
}

/** The bracket that nothing closes. */
function lastOpen(filter: string): Span | undefined {
  const open: number[] = [];
  for (const { text, start } of tokenize(filter))
    if (text === '(') open.push(start);
    else if (text === ')') open.pop();
  const at = open.at(-1);
  return at === undefined ? undefined : { start: at, end: at + 1 };
}
