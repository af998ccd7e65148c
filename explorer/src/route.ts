// The URL is the state: every view has an address of its own, which reads like the API's (`/explorer/Employee(31)/photo`).
import { Store } from './store.ts';

const base = '/explorer';

/** Where the view is. `search` holds what narrows it: `$filter`, `$orderby`, `$attributes`, `open`; of a call `function`, `key`, `$params`. */
export type Route = { readonly model?: string; readonly search: URLSearchParams } & Place;

export type Place =
  | { readonly kind: 'model' }
  | { readonly kind: 'call' }
  | { readonly kind: 'info' }
  | { readonly kind: 'login' }
  | { readonly kind: 'dataClass'; readonly dataClass: string }
  | { readonly kind: 'new'; readonly dataClass: string }
  | { readonly kind: 'entity'; readonly dataClass: string; readonly key: string }
  | { readonly kind: 'picture'; readonly dataClass: string; readonly key: string; readonly attribute: string }
  | { readonly kind: 'unknown'; readonly path: string };

/** Names of the models the server serves together; their pages stand under `/explorer/~name`. */
export const modelNames: readonly string[] = (metaContent('keystamp-models') ?? '')
  .split(' ')
  .filter((name) => name !== '')
  .map(decodeURIComponent);

export function metaContent(name: string): string | undefined {
  return document.querySelector(`meta[name="${name}"]`)?.getAttribute('content') ?? undefined;
}

const special = { $model: 'model', $call: 'call', $info: 'info', $login: 'login' } as const;

/** @param url path and query of a page */
export function parseRoute(url: string): Route {
  const { pathname, searchParams: search } = new URL(url, 'http://explorer');
  const segments = pathname
    .slice(base.length)
    .split('/')
    .filter((segment) => segment !== '');
  const model = segments[0]?.startsWith('~') ? decode(segments.shift()!.slice(1)) : undefined;
  const shared = { search, ...(model !== undefined && { model }) };
  const [first, second, ...more] = segments;
  const unknown: Route = { ...shared, kind: 'unknown', path: pathname };
  if (first === undefined) return { ...shared, kind: 'model' };
  if (more.length > 0) return unknown;
  if (first in special && second === undefined) return { ...shared, kind: special[first as keyof typeof special] };
  const found = /^([^(]+)(?:\((.*)\))?$/.exec(first);
  if (!found) return unknown;
  const dataClass = decode(found[1] as string);
  if (found[2] === undefined) return second === undefined ? { ...shared, kind: 'dataClass', dataClass } : unknown;
  const key = decode(found[2]);
  if (key === '') return second === undefined ? { ...shared, kind: 'new', dataClass } : unknown;
  if (second === undefined) return { ...shared, kind: 'entity', dataClass, key };
  return { ...shared, kind: 'picture', dataClass, key, attribute: decode(second) };
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Values of the query; undefined and empty ones are left out. */
export type Search = Readonly<Record<string, string | undefined>>;

/** The address of a place. @param model the one that is looked at, unless another is meant */
export function href(place: Place, search: Search = {}, model: string | undefined = shown.get().model): string {
  const above = base + (model === undefined ? '' : `/~${encodeURIComponent(model)}`);
  const query = Object.entries(search)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name}=${encodeURIComponent(value as string)}`)
    .join('&');
  return `${above}/${pathOf(place)}${query === '' ? '' : `?${query}`}`;
}

function pathOf(place: Place): string {
  switch (place.kind) {
    case 'model':
      return '';
    case 'call':
      return '$call';
    case 'info':
      return '$info';
    case 'login':
      return '$login';
    case 'dataClass':
      return encodeURIComponent(place.dataClass);
    case 'new':
      return `${encodeURIComponent(place.dataClass)}()`;
    case 'entity':
      return `${encodeURIComponent(place.dataClass)}(${encodeURIComponent(place.key)})`;
    case 'picture':
      return `${encodeURIComponent(place.dataClass)}(${encodeURIComponent(place.key)})/${encodeURIComponent(place.attribute)}`;
    case 'unknown':
      return place.path;
    default:
      return place satisfies never;
  }
}

/** Where the view is now; `navigation.ts` moves it. */
export const shown = new Store<Route>(parseRoute(location.pathname + location.search));
