// Converted pictures on disk: one file each, written beside its place and renamed, checked by digest when read back,
// within a budget. Everything here can be thrown away at any time. Other processes may keep theirs in the same folder, and
// delete any: what is really there is looked at now and then.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { OnImageEvent } from './image-event.ts';

/** A file is the SHA-256 of the picture, then the picture. */
const digestBytes = 32;

/** Unfinished files of a server that was stopped; younger ones may belong to a server that is writing now. */
const abandonedAfterMs = 3_600_000;

/** The folder is looked at again when this process has written such a part of the budget. */
const lookAfter = 1 / 16;

const digest = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

interface Kept {
  readonly size: number;
  /** When it was last read or written here, or written elsewhere; milliseconds since 1970. */
  readonly used: number;
}

/** Milliseconds since 1970, with fractions: many are used within one. */
const now = (): number => performance.timeOrigin + performance.now();

/** The folder of kept copies. Names start with hexadecimal digits and hold no separator. */
export class VariantFiles {
  readonly #folder: string;
  readonly #budget: number;
  readonly #onEvent: OnImageEvent;
  /** Longest unused first. */
  #kept = new Map<string, Kept>();
  #total = 0;
  #scan: Promise<void> | undefined;
  /** Bytes that were written since the folder was looked at. */
  #unseen = Infinity;
  #written = 0;

  /** @param budget bytes of all files together; 0 keeps nothing */
  constructor(folder: string, budget: number, onEvent: OnImageEvent) {
    this.#folder = folder;
    this.#budget = budget;
    this.#onEvent = onEvent;
  }

  /** The kept picture; `undefined` when there is none, or it was damaged (it is deleted then). Never throws. */
  async read(name: string): Promise<Buffer | undefined> {
    if (this.#budget === 0) return undefined;
    const file = this.#path(name);
    const content = await readFile(file).catch(() => undefined);
    if (!content) {
      this.#forget(name);
      return undefined;
    }
    const picture = content.subarray(digestBytes);
    if (!digest(picture).equals(content.subarray(0, digestBytes))) {
      this.#onEvent({ kind: 'variantDamaged', file });
      await this.#remove(name);
      return undefined;
    }
    this.#touch(name, content.length);
    return picture;
  }

  /** Keeps a picture, and deletes the longest unused ones past the budget. Never throws; a failure is an event. */
  async write(name: string, picture: Uint8Array): Promise<void> {
    const size = digestBytes + picture.length;
    if (size > this.#budget) return;
    const file = this.#path(name);
    const unfinished = `${file}.${process.pid}-${++this.#written}.tmp`;
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(unfinished, [digest(picture), picture], { flag: 'wx' });
      await rename(unfinished, file);
      this.#touch(name, size);
      this.#unseen += size;
      await this.#look();
      while (this.#total > this.#budget) {
        const oldest = this.#kept.keys().next();
        if (oldest.done) break;
        await this.#remove(oldest.value);
      }
    } catch (cause) {
      this.#onEvent({ kind: 'variantNotKept', file, cause });
      await unlink(unfinished).catch(() => {});
    }
  }

  #path(name: string): string {
    return join(this.#folder, name.slice(0, 2), name);
  }

  #touch(name: string, size: number): void {
    this.#forget(name);
    this.#kept.set(name, { size, used: now() });
    this.#total += size;
  }

  #forget(name: string): void {
    this.#total -= this.#kept.get(name)?.size ?? 0;
    this.#kept.delete(name);
  }

  async #remove(name: string): Promise<void> {
    this.#forget(name);
    await unlink(this.#path(name)).catch(() => {}); // gone already is as good
  }

  /** Waits until it is known well enough what is in the folder. */
  #look(): Promise<void> | undefined {
    if (this.#scan || this.#unseen < this.#budget * lookAfter) return this.#scan;
    this.#unseen = 0;
    this.#scan = this.#scanFolder()
      .catch((error: unknown) => {
        this.#unseen = Infinity;
        throw error;
      })
      .finally(() => (this.#scan = undefined));
    return this.#scan;
  }

  /** Learns of the files that earlier runs and other processes left, and deletes what was left unfinished. */
  async #scanFolder(): Promise<void> {
    const begun = now();
    const found = new Map<string, Kept>();
    for (const folder of await readdir(this.#folder)) {
      for (const name of await readdir(join(this.#folder, folder)).catch(() => [])) {
        const stats = await stat(join(this.#folder, folder, name)).catch(() => undefined);
        if (!stats?.isFile()) continue;
        const used = Math.max(stats.mtimeMs, this.#kept.get(name)?.used ?? 0);
        if (!name.endsWith('.tmp')) found.set(name, { size: stats.size, used });
        else if (Date.now() - stats.mtimeMs > abandonedAfterMs) await this.#remove(name);
      }
    }
    // What was kept meanwhile was perhaps not there yet.
    for (const [name, kept] of this.#kept) if (kept.used >= begun) found.set(name, kept);
    this.#kept = new Map([...found].toSorted(([, a], [, b]) => a.used - b.used));
    this.#total = 0;
    for (const { size } of found.values()) this.#total += size;
  }
}
