// Files whose changes are told, whether they are there already or not.
import { existsSync, watch, type FSWatcher } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Watches their folders, since editors put a new file in the place of the old one. */
export class WatchedFiles {
  readonly #files = new Set<string>();
  readonly #folders = new Map<string, FSWatcher>();
  readonly #onChange: () => void;
  readonly #onLost: (folder: string, cause: unknown) => void;
  readonly #watch: typeof watch;

  /**
   * @param onChange told that one of them has changed, perhaps several times
   * @param onLost told that the files of a folder are not watched, until they are added again
   */
  constructor(
    onChange: () => void,
    onLost: (folder: string, cause: unknown) => void,
    watchFolder: typeof watch = watch,
  ) {
    this.#onChange = onChange;
    this.#onLost = onLost;
    this.#watch = watchFolder;
  }

  /** @param files full paths; those of a folder that is not there are not watched */
  add(files: readonly string[]): void {
    for (const file of files) {
      this.#files.add(file);
      const folder = dirname(file);
      if (!this.#folders.has(folder) && existsSync(folder)) this.#follow(folder);
    }
  }

  close(): void {
    for (const watcher of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  #follow(folder: string): void {
    try {
      const watcher = this.#watch(folder, (_event, name) => {
        if (name === null || this.#files.has(join(folder, basename(name)))) this.#onChange();
      });
      this.#folders.set(folder, watcher);
      watcher.on('error', (cause) => {
        this.#folders.delete(folder);
        watcher.close();
        this.#onLost(folder, cause);
      });
    } catch (cause) {
      // Systems have a limit of what is watched.
      this.#onLost(folder, cause);
    }
  }
}
