// The newest uri known of each picture: an entity that was read a while ago gives the URL of the picture as it is now.
import { pictureName, versionOf } from './image-url.ts';

/** Beyond this many the ones learned first are forgotten: their entities then give the uri they were read with. */
const most = 20_000;

export class NewestPictures {
  readonly #uris = new Map<string, string>();

  /** Remembers a uri when its version is above the one known. */
  learn(uri: string): void {
    const name = pictureName(uri);
    const known = this.#uris.get(name);
    if (known !== undefined && versionOf(known) >= versionOf(uri)) return;
    this.#uris.delete(name);
    this.#uris.set(name, uri);
    if (this.#uris.size > most) this.#uris.delete(this.#uris.keys().next().value as string);
  }

  /** The uri itself, with the newest version number known of its picture. */
  current(uri: string): string {
    const known = this.#uris.get(pictureName(uri));
    if (known === undefined || versionOf(known) <= versionOf(uri)) return uri;
    return uri.replace(/([?&]\$version=)\d+/, `$1${versionOf(known)}`);
  }
}
