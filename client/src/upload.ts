// Bytes on their way to a picture or BLOB attribute: sent ahead, then named in a save (spec 11).
import type { DataStore } from './data-store.ts';
import type { Body } from './transport.ts';

/** What can be sent. A stream is sent as it comes and can be sent once. */
export type Bytes = Blob | ArrayBuffer | ArrayBufferView<ArrayBuffer> | ReadableStream<Uint8Array>;

export interface UploadOptions {
  /** MIME type; that of a Blob or File when it has one. */
  readonly type?: string;
  /** `picture`: refused when it is none. Default: a picture when the type says so. */
  readonly as?: 'picture' | 'file';
  /** Seconds that the server keeps it unused; 120 when not given. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** Bytes that were sent ahead; a value for picture and BLOB attributes. A successful save uses it up. */
export class Upload {
  readonly ID: string;

  constructor(id: string) {
    this.ID = id;
  }

  toJSON(): { readonly ID: string } {
    return { ID: this.ID };
  }
}

export const isBytes = (value: unknown): value is Bytes =>
  value instanceof Blob || value instanceof ArrayBuffer || ArrayBuffer.isView(value) || value instanceof ReadableStream;

/** MIME type that the bytes themselves tell. */
export const typeOf = (bytes: Bytes): string | undefined =>
  bytes instanceof Blob && bytes.type !== '' ? bytes.type : undefined;

/** Sends bytes ahead. @throws RequestError, TooLargeError, OverloadError */
export async function upload(store: DataStore, bytes: Bytes, options: UploadOptions = {}): Promise<Upload> {
  const type = options.type ?? typeOf(bytes);
  const picture = options.as ? options.as === 'picture' : type?.startsWith('image/');
  const { ID } = await store.json<{ ID: string }>(
    '$upload',
    { ...(picture ? { $rawPict: type ?? true } : { $binary: true }), $timeout: options.timeout },
    {
      method: 'POST',
      body: bytes as Body,
      type: type ?? 'application/octet-stream',
      signal: options.signal,
      opensSession: true,
    },
  );
  return new Upload(ID);
}
