// What a function answered, read from the response (the table "Results" of docs/reference/functions.md).
import type { WireEntity, WireSelection } from '@keystamp/client';

export type CallResult = { readonly milliseconds: number } & (
  | { readonly kind: 'nothing' }
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'entity'; readonly entity: WireEntity }
  | { readonly kind: 'selection'; readonly selection: WireSelection }
  | { readonly kind: 'text'; readonly text: string; readonly type: string }
  | { readonly kind: 'bytes'; readonly bytes: Blob; readonly type: string }
);

/** @param begun when the call was sent, as `performance.now()` */
export async function readCallResult(response: Response, begun: number): Promise<CallResult> {
  const type = response.headers.get('Content-Type')?.split(';', 1)[0] ?? '';
  if (type.startsWith('text/'))
    return { kind: 'text', text: await response.text(), type, milliseconds: performance.now() - begun };
  if (!/[/+]json$/.test(type))
    return { kind: 'bytes', bytes: await response.blob(), type, milliseconds: performance.now() - begun };
  const body = (await response.json()) as unknown;
  return { ...resultOf(body), milliseconds: performance.now() - begun } as CallResult;
}

function resultOf(body: unknown) {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return { kind: 'value', value: body };
  if ('__ENTITIES' in body) return { kind: 'selection', selection: body };
  if ('__STAMP' in body) return { kind: 'entity', entity: body };
  if ('result' in body) return { kind: 'value', value: body.result };
  return 'ok' in body && Object.keys(body).length === 1 ? { kind: 'nothing' } : { kind: 'value', value: body };
}
