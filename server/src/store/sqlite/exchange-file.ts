// Where long lists of keys and other bytes lie on their way between the server and a process of the slow lane: a file without
// a name that both have open. As messages they would be copied several times over on the thread that answers requests, and
// what is left of the copies would have to be collected there.
import { closeSync, openSync, read, readSync, rmSync, write, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { keyCount, keyListBytes, keyListOf, type KeyKind, type KeyList } from '../../query/key-list.ts';

const readFile = promisify(read);
const writeFile = promisify(write);

/** What lies in the file. */
export interface Deposit {
  readonly kind: 'deposit';
  /** What its bytes are. */
  readonly of: KeyKind | 'bytes';
  /** Number of keys; of bytes their length. */
  readonly count: number;
  /** Where it begins, a multiple of 8. */
  readonly at: number;
  /** Bytes. */
  readonly size: number;
}

/** What may be too much for a message. */
export type Bulk = KeyList | Uint8Array;

/** A deposit and the bytes that make it up. */
export interface Laid {
  readonly deposit: Deposit;
  readonly parts: readonly Uint8Array[];
}

/** @param at where there is room */
export function lay(bulk: Bulk, at: number): Laid {
  if (bulk instanceof Uint8Array)
    return { deposit: { kind: 'deposit', of: 'bytes', count: bulk.length, at, size: bulk.length }, parts: [bulk] };
  const parts = keyListBytes(bulk);
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  return { deposit: { kind: 'deposit', of: bulk.kind, count: keyCount(bulk), at, size }, parts };
}

/** Where there is room behind it. */
export const behind = ({ at, size }: Deposit): number => Math.ceil((at + size) / 8) * 8;

const bulkOf = ({ of, count }: Deposit, bytes: Uint8Array<ArrayBuffer>): Bulk =>
  of === 'bytes' ? bytes : keyListOf(of, count, bytes);

/** Of the process that the file is given to: its number there. */
export const exchangeDescriptor = 4;

/** The server's side: its thread waits for nothing. */
export class ExchangeFile {
  readonly descriptor: number;
  #using = 0;
  #closed = false;

  constructor() {
    const path = join(tmpdir(), `keystamp-${randomUUID()}`);
    this.descriptor = openSync(path, 'wx+', 0o600);
    // It stays as long as somebody has it open, and is left behind by nobody.
    rmSync(path);
  }

  write({ deposit, parts }: Laid): Promise<void> {
    return this.#use(async () => {
      let { at } = deposit;
      for (const part of parts)
        for (let done = 0; done < part.length;) {
          const { bytesWritten } = await writeFile(this.descriptor, part, done, part.length - done, at);
          done += bytesWritten;
          at += bytesWritten;
        }
    });
  }

  read(deposit: Deposit): Promise<Bulk> {
    return this.#use(async () => {
      // Not zeroed: the pages of a long list come into being where it is read, not on this thread.
      const bytes = Buffer.allocUnsafeSlow(deposit.size);
      for (let done = 0; done < bytes.length;) {
        const left = bytes.length - done;
        const { bytesRead } = await readFile(this.descriptor, bytes, done, left, deposit.at + done);
        if (bytesRead === 0) throw new Error('what was deposited is not there');
        done += bytesRead;
      }
      return bulkOf(deposit, bytes);
    });
  }

  /** What is under way comes to its end. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closeUnused();
  }

  async #use<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new Error('the exchange file is closed');
    this.#using++;
    try {
      return await work();
    } finally {
      this.#using--;
      this.#closeUnused();
    }
  }

  #closeUnused(): void {
    if (this.#closed && this.#using === 0) closeSync(this.descriptor);
  }
}

/** The other side, which has nothing else to do. */
export function readDeposit(deposit: Deposit): Bulk {
  const bytes = new Uint8Array(deposit.size);
  for (let done = 0; done < bytes.length;) {
    const count = readSync(exchangeDescriptor, bytes, done, bytes.length - done, deposit.at + done);
    if (count === 0) throw new Error('what was deposited is not there');
    done += count;
  }
  return bulkOf(deposit, bytes);
}

export function writeDeposit({ deposit, parts }: Laid): void {
  let { at } = deposit;
  for (const part of parts)
    for (let done = 0; done < part.length;) {
      const count = writeSync(exchangeDescriptor, part, done, part.length - done, at);
      done += count;
      at += count;
    }
}
