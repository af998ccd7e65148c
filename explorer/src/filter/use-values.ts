// Values that an attribute has, for the caret behind its comparator. Few are asked for, and only those that begin as typed.
import { useEffect, useState } from 'react';
import { attributeAt, dataClassOf, type Catalog, type DataClass } from '../api/catalog.ts';
import { ask, type Params } from '../api/connection.ts';
import type { Caret } from './tokens.ts';

const mostValues = 12;
/** Who types on is not asked for. */
const pauseMs = 120;
const comparators = new Set(['=', '==', '===', '!=', '!==', '#', 'is', 'is not', 'like', 'begin']);

interface Asked {
  readonly path: string;
  readonly params: Params;
}

/** What is typed of a value, without its quote. */
export const plain = (typed: string): string => typed.replace(/^['"]/, '');

/** The request for values at a caret; undefined where there are none to offer. */
function askedAt({ expected, before, typed }: Caret, catalog: Catalog, dataClass: DataClass): Asked | undefined {
  const [operand, operator] = before.slice(-2);
  if (expected !== 'value' || operand?.kind !== 'path' || !comparators.has(operator?.text.toLowerCase() ?? ''))
    return undefined;
  const path = operand.text.replace(/\{\d+\}/g, '');
  const attribute = attributeAt(catalog, dataClass, path);
  if (!attribute || (attribute.value !== 'text' && attribute.value !== 'number') || attribute.multiLine)
    return undefined;
  const owner = ownerOf(path, catalog, dataClass);
  if (!owner) return undefined;
  const begun = plain(typed);
  return {
    path: `${owner.path}/${encodeURIComponent(attribute.name)}`,
    params: {
      $distinct: true,
      $top: mostValues,
      ...(begun !== '' &&
        attribute.value === 'text' && { $filter: `${attribute.name} begin :1`, $params: JSON.stringify([begun]) }),
    },
  };
}

/** The class that the last name of a path is an attribute of. */
function ownerOf(path: string, catalog: Catalog, dataClass: DataClass): DataClass | undefined {
  const dot = path.lastIndexOf('.');
  if (dot < 0) return dataClass;
  return dataClassOf(catalog, attributeAt(catalog, dataClass, path.slice(0, dot))?.target ?? '');
}

/** As it is written in a filter; undefined where quotes of both kinds stand in the way. */
function literal(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return undefined;
  if (!value.includes("'")) return `'${value}'`;
  return value.includes('"') ? undefined : `"${value}"`;
}

/** Literals that may stand at the caret, as far as they are known by now. @param caret undefined: nobody is there */
export function useValues(caret: Caret | undefined, catalog: Catalog, dataClass: DataClass): readonly string[] {
  const asked = caret && askedAt(caret, catalog, dataClass);
  const name = asked && JSON.stringify(asked);
  const [held, setHeld] = useState<{ readonly path: string; readonly values: readonly string[] }>();
  useEffect(() => {
    if (!asked) return;
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const values = await ask<readonly unknown[]>(asked.path, {
          params: asked.params,
          quiet: true,
          signal: abort.signal,
        });
        setHeld({ path: asked.path, values: values.flatMap((value) => literal(value) ?? []) });
      } catch {
        // Values help; a filter can be written without them.
      }
    }, pauseMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
    // The name holds all of what is asked.
  }, [name]);
  return asked && held?.path === asked.path ? held.values : [];
}
