// One function being called: sending it, and what came back.
import { useEffect, useRef, useState } from 'react';
import { dataClassOf, useCatalog } from '../api/catalog.ts';
import { send } from '../api/connection.ts';
import { errorLines } from '../api/error-lines.ts';
import { callPath, type Callable } from '../api/functions.ts';
import { readCallResult, type CallResult } from './call-result.ts';

/** How a function is called. */
export interface Call {
  /** Of the entity that a function of entities runs on. */
  readonly key: string;
  /** What finds the selection that a function of selections runs on. */
  readonly filter: string;
  readonly orderby: string;
  /** A JSON array; nothing is an empty one. */
  readonly parameters: string;
  /** By GET, where that is allowed. */
  readonly get: boolean;
}

type Called =
  | { readonly kind: 'not yet' | 'running' }
  | { readonly kind: 'failed'; readonly lines: readonly string[] }
  | { readonly kind: 'done'; readonly result: CallResult };

/** A further call ends one that is still running. */
export function useCall(fn: Callable): readonly [Called, (call: Call) => Promise<void>] {
  const catalog = useCatalog();
  const [called, setCalled] = useState<Called>({ kind: 'not yet' });
  const abort = useRef<AbortController>(undefined);
  useEffect(() => () => abort.current?.abort(), []);

  const call = async ({ key, filter, orderby, parameters, get }: Call): Promise<void> => {
    abort.current?.abort();
    const { signal } = (abort.current = new AbortController());
    setCalled({ kind: 'running' });
    const begun = performance.now();
    const given = parameters.trim() === '' ? '[]' : JSON.stringify(JSON.parse(parameters));
    const keyParts = dataClassOf(catalog, fn.owner ?? '')?.key.length ?? 1;
    const isSelection = fn.level === 'selection';
    try {
      const response = await send(callPath(fn, catalog.mount, key, keyParts), {
        signal,
        headers: { Accept: '*/*' },
        params: {
          ...(isSelection && filter.trim() !== '' && { $filter: filter }),
          ...(isSelection && orderby.trim() !== '' && { $orderby: orderby }),
          ...(get && given !== '[]' && { $params: given }),
        },
        ...(!get && { method: 'POST', json: JSON.parse(given) as unknown }),
      });
      setCalled({ kind: 'done', result: await readCallResult(response, begun) });
    } catch (error) {
      if (!signal.aborted) setCalled({ kind: 'failed', lines: errorLines(error) });
    }
  };
  return [called, call];
}
