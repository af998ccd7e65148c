// What an answer weighs, as its head says.
import type { ReactNode } from 'react';
import { send } from '../api/connection.ts';
import { printBytes } from '../ui/print.ts';
import { useLoaded } from '../ui/use-loaded.ts';

interface Head {
  readonly type: string;
  readonly bytes: number;
}

/** A URL with a version never has another head, so each is asked for once. The oldest goes first. */
const known = new Map<string, Promise<Head>>();
const mostKnown = 200;

async function ask(uri: string): Promise<Head> {
  const { headers } = await send(uri, { method: 'HEAD', headers: { Accept: 'image/*' }, quiet: true });
  return { type: headers.get('Content-Type') ?? '', bytes: Number(headers.get('Content-Length')) };
}

function headOf(uri: string): Promise<Head> {
  const asked = known.get(uri);
  if (asked) return asked;
  const head = ask(uri);
  known.set(uri, head);
  head.catch(() => known.delete(uri));
  const [oldest] = known.keys();
  if (known.size > mostKnown && oldest !== undefined) known.delete(oldest);
  return head;
}

/** @param brief leaves the type away */
export function Weight({ uri, brief = false }: { readonly uri: string; readonly brief?: boolean }): ReactNode {
  const [loaded] = useLoaded(uri, () => headOf(uri));
  if (loaded.kind !== 'ready') return <span className="muted">{loaded.kind === 'failed' ? '–' : '…'}</span>;
  const { type, bytes } = loaded.value;
  if (type.startsWith('application/json')) return <span className="muted">not to be had</span>;
  return <>{brief ? printBytes(bytes) : `${type}, ${printBytes(bytes)}`}</>;
}
