// The values of placeholders: `$params` and what the server itself supplies (spec 04 § 5).
import { fail } from '../errors.ts';
import type { QueryLimits } from './limits.ts';

/** A value as JSON gives it; whole numbers beyond 2^53 are bigints. */
export type ParamValue =
  null | boolean | number | bigint | string | readonly ParamValue[] | { readonly [name: string]: ParamValue }; // oxfmt-ignore

export interface FilterParams {
  /** `:1` is the first. */
  readonly positional: readonly ParamValue[];
  /** `:name`, `:a.b`. */
  readonly named: { readonly [name: string]: ParamValue };
  /** `:$currentUser` and the like, without the `$`; given by the server, never by the client. */
  readonly variables?: { readonly [name: string]: ParamValue };
}

export const noParams: FilterParams = { positional: [], named: {} };

/**
 * Reads `$params`: a JSON array, an array that holds one object with names, or that object alone.
 * @throws KeystampError 400/1280 when it is no such JSON
 */
export function parseParams(json: string | undefined): FilterParams {
  if (json === undefined || json.trim() === '') return noParams;
  return paramsOf(parseJson(json), '$params');
}

/**
 * What a JSON array, an array that holds one object with names, or that object alone gives to placeholders.
 * @param name of the value in the message
 * @throws KeystampError 400/1280 for anything else
 */
export function paramsOf(value: ParamValue, name: string): FilterParams {
  if (isArray(value)) {
    const [only] = value;
    return { positional: value, named: value.length === 1 && isObject(only) ? only : {} };
  }
  if (isObject(value)) return { positional: [], named: value };
  throw fail(1280, `${name} is neither an array nor an object`);
}

function parseJson(json: string): ParamValue {
  try {
    // Only long numbers are worth the slower reading that keeps all their digits.
    const value: unknown = /\d{16}/.test(json) ? JSON.parse(json, keepDigits) : JSON.parse(json);
    return value as ParamValue;
  } catch {
    throw fail(1280, '$params is no JSON');
  }
}

function keepDigits(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  const exact = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
  return exact && /^-?\d+$/.test(context?.source ?? '') ? BigInt(context?.source as string) : value;
}

/**
 * The value of a placeholder, never null.
 * @param name without the colon: `1`, `name`, `a.b`, `$currentUser`
 * @throws KeystampError 400/1279 when it has no value or null
 */
export function lookUp(params: FilterParams, name: string, limits: QueryLimits): ParamValue {
  let value: ParamValue | undefined;
  if (/^\d+$/.test(name)) {
    value = Number(name) <= limits.maxPlaceholders ? params.positional[Number(name) - 1] : undefined;
  } else {
    const server = name.startsWith('$');
    value = server ? (params.variables ?? {}) : params.named;
    for (const part of (server ? name.slice(1) : name).split('.')) {
      value = isObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
    }
  }
  if (value === undefined || value === null) throw fail(1279, name);
  return value;
}

export const isArray = (value: ParamValue | undefined): value is readonly ParamValue[] => Array.isArray(value);

const isObject = (value: ParamValue | undefined): value is { readonly [name: string]: ParamValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
