// Large bodies on their way: written to a file and hashed while they arrive, so that no whole file is held in memory.
import { createHash, randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { failHttp } from '../errors.ts';
import { takeBytes, type BodyLimits } from './body.ts';
import type { HttpRequest } from './http-request.ts';

export interface SpooledBody {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256. */
  readonly hash: Buffer;
  /** Deletes the file; what cannot be deleted goes with the folder. Never throws. */
  readonly discard: () => void;
}

/** The folders in use by this process. */
const inUse = new Set<string>();

/**
 * A folder of its own, named after the process, so that what a killed one left can be told from what is under way: also by
 * the next one under the same number, which in a container is always the same.
 */
export class Spool {
  readonly #folder: string;

  /** Deletes what processes that are gone have left behind. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (!isInUse(path, Number.parseInt(name, 10))) rmSync(path, { recursive: true, force: true });
    }
    this.#folder = mkdtempSync(join(folder, `${process.pid}-`));
    inUse.add(this.#folder);
  }

  /** @throws KeystampError as `takeBytes`, 507 when the disk is full */
  async receive(body: Readable, limits: BodyLimits, headers: HttpRequest['headers']): Promise<SpooledBody> {
    const path = join(this.#folder, randomUUID());
    const hash = createHash('sha256');
    const discard = (): void => {
      try {
        rmSync(path, { force: true });
      } catch {
        // What was asked for is done; that there is a file too many is no reason to say otherwise.
      }
    };
    try {
      const size = await write(path, (add) =>
        takeBytes(body, limits, headers, (chunk) => {
          hash.update(chunk);
          add(chunk);
        }),
      );
      return { path, size, hash: hash.digest(), discard };
    } catch (error) {
      discard();
      throw isDiskFull(error) ? failHttp(507, undefined, { Connection: 'close' }) : error;
    }
  }

  /** Deletes its folder. */
  close(): void {
    inUse.delete(this.#folder);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Opens a new file for as long as `fill` adds to it. */
async function write<T>(path: string, fill: (add: (chunk: Buffer) => void) => Promise<T>): Promise<T> {
  const file = openSync(path, 'wx');
  try {
    return await fill((chunk) => {
      for (let at = 0; at < chunk.length;) at += writeSync(file, chunk, at);
    });
  } finally {
    closeSync(file);
  }
}

/** The disk, what the user may have of it, or the largest file. */
const noRoom: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && noRoom.includes(error.code);

/** @param pid of the process that made the folder */
function isInUse(path: string, pid: number): boolean {
  if (pid === process.pid) return inUse.has(path);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
