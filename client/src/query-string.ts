// The query string. Everything is percent-encoded and texts stand in quotes, so no value can end its parameter early.
import type { Json } from './wire.ts';

export type Params = Readonly<Record<string, string | number | boolean | undefined>>;

/** Parameters whose value is an expression; written between quotes (spec 01 § 3.2). */
const quoted = new Set(['$filter', '$params', '$orderby', '$subOrderby', '$savedfilter', '$savedorderby']);

const encode = (text: string): string => encodeURIComponent(text.toWellFormed());

/** `?$filter=%22…%22&$top=10`; empty without parameters. Undefined ones are left out. */
export function queryString(params: Params): string {
  const parts = Object.entries(params).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const text = encode(String(value));
    return [`${name}=${quoted.has(name) ? `%22${text}%22` : text}`];
  });
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}

/** A value for a placeholder of a filter. Dates travel as ISO text. */
export type FilterValue = Json | Date | bigint;

/** The values of placeholders as `$params` takes them. */
export const paramsText = (values: readonly FilterValue[] | { readonly [name: string]: FilterValue }): string =>
  JSON.stringify(values, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value));

/** The same uri with these parameters in place of its own of that name, the others as they are. */
export function withParams(uri: string, params: Params): string {
  const [path = '', query = ''] = uri.split(/\?(.*)/s);
  const given = new Map<string, string>();
  for (const part of query.split('&')) if (part !== '') given.set(part.split('=', 1)[0] as string, part);
  for (const [name, value] of Object.entries(params))
    if (value !== undefined) given.set(name, `${name}=${encode(String(value))}`);
  return given.size > 0 ? `${path}?${[...given.values()].join('&')}` : path;
}
