// Converted pictures on disk: one file each, written beside its place and renamed, checked by digest when read back,
// within a budget. Everything here can be thrown away at any time.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { OnImageEvent } from './image-event.ts';

/** A file is the SHA-256 of the picture, then the picture. */
const digestBytes = 32;

/** Unfinished files of a server that was stopped; younger ones may belong to a server that is writing now. */
const abandonedAfterMs = 3_600_000;

const digest = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

interface Found {
  readonly name: string;
  readonly size: number;
  readonly modified: number;
}

/** The folder of kept copies. Names start with hexadecimal digits and hold no separator. */
export class VariantFiles {
  readonly #folder: string;
  readonly #budget: number;
  readonly #onEvent: OnImageEvent;
  /** Bytes of each file, longest unused first. */
  #sizes = new Map<string, number>();
  #total = 0;
  #scan: Promise<void> | undefined;
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
    if (!content) return undefined;
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
      await (this.#scan ??= this.#scanFolder());
      while (this.#total > this.#budget) {
        const oldest = this.#sizes.keys().next();
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
    this.#sizes.set(name, size);
    this.#total += size;
  }

  #forget(name: string): void {
    this.#total -= this.#sizes.get(name) ?? 0;
    this.#sizes.delete(name);
  }

  async #remove(name: string): Promise<void> {
    this.#forget(name);
    await unlink(this.#path(name)).catch(() => {}); // gone already is as good
  }

  /** Learns of the files that earlier runs left, oldest first, and deletes what they left unfinished. */
  async #scanFolder(): Promise<void> {
    const found: Found[] = [];
    for (const folder of await readdir(this.#folder)) {
      for (const name of await readdir(join(this.#folder, folder)).catch(() => [])) {
        const stats = await stat(join(this.#folder, folder, name)).catch(() => undefined);
        if (!stats?.isFile()) continue;
        if (!name.endsWith('.tmp')) found.push({ name, size: stats.size, modified: stats.mtimeMs });
        else if (Date.now() - stats.mtimeMs > abandonedAfterMs) await this.#remove(name);
      }
    }
    found.sort((a, b) => a.modified - b.modified);
    const recent = this.#sizes;
    this.#sizes = new Map();
    this.#total = 0;
    for (const { name, size } of found) if (!recent.has(name)) this.#touch(name, size);
    for (const [name, size] of recent) this.#touch(name, size);
  }
}
