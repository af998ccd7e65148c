// A client that saves without pause and keeps a journal: what the server has acknowledged, and what was under way when
// it died. Each writer has keys of its own, so the journal says exactly what may be stored.
import assert from 'node:assert/strict';
import type { Random } from '../../../examples/company/random.ts';
import { shaOf, type Picture } from '../caching/pictures.ts';

const pictureNames = ['photo', 'badge'] as const;
type Media = (typeof pictureNames)[number] | 'file';

/** An entity as stored: the SHA-256 of what its attributes hold. */
interface Stored {
  readonly stamp: number;
  readonly title: string;
  readonly media: Readonly<Partial<Record<Media, string>>>;
}

/** What the journal knows of a key; no entity when it is `undefined`. */
interface Entry {
  acknowledged: Stored | undefined;
  /** A save that was sent and not answered: it may have happened or not. */
  pending?: { readonly after: Stored | undefined };
}

/** The bytes that writers choose from. Few, so that entities share them. */
export interface Pool {
  readonly pictures: readonly Picture[];
  readonly files: readonly Buffer[];
}

/** The server is there, its database is not. */
class Away extends Error {}

export class Writer {
  /** Saves of each kind that were acknowledged. */
  readonly counts = new Map<string, number>();
  readonly #random: Random;
  readonly #pool: Pool;
  readonly #journal = new Map<string, Entry>();
  /** Bytes once read under a current URL, by URL: they are promised for ever. */
  readonly #promised = new Map<string, string>();
  #url = '';
  #cookie: string | undefined;
  #number = 0;

  constructor(name: string, keys: number, pool: Pool, random: Random) {
    this.#pool = pool;
    this.#random = random;
    for (let i = 0; i < keys; i++) this.#journal.set(`${name}${i}`, { acknowledged: undefined });
  }

  /** All saves that were acknowledged. */
  get saves(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** A save was under way when the server died. */
  get interrupted(): boolean {
    return [...this.#journal.values()].some(({ pending }) => pending);
  }

  /** Saves until the server is gone. */
  async run(url: string): Promise<void> {
    this.#url = url;
    this.#cookie = undefined;
    try {
      for (;;) await this.#save();
    } catch (error) {
      // What fetch throws when the connection breaks.
      if (!(error instanceof TypeError || error instanceof Away)) throw error;
    }
  }

  async #save(): Promise<void> {
    const [code, entry] = this.#random.pick([...this.#journal]);
    const { acknowledged: now } = entry;
    if (!now) return this.#create(code, entry);
    const next = { ...now, stamp: now.stamp + 1 };
    const draw = this.#random.next();
    if (draw < 0.05) return assert.ok(isSame(now, await this.#read(code)), `${code} is not what was just saved`);
    if (draw < 0.13) return this.#send('delete', entry, undefined, 'POST', `/rest/Note(${code})?$method=delete`);
    if (draw < 0.32) {
      const title = `title ${this.#number++}`;
      return this.#update('title', entry, { ...next, title }, { __KEY: code, __STAMP: now.stamp, title });
    }
    const name = this.#random.pick(pictureNames);
    if (draw < 0.6) {
      const { bytes, sha } = this.#random.pick(this.#pool.pictures);
      const after = { ...next, media: { ...now.media, [name]: sha } };
      return this.#send('picture directly', entry, after, 'POST', `/rest/Note(${code})/${name}?$rawPict=true`, bytes);
    }
    if (draw < 0.9) {
      const { media, body } = await this.#uploads();
      const after = { ...next, media: { ...now.media, ...media } };
      return this.#update('pictures by upload', entry, after, { __KEY: code, __STAMP: now.stamp, ...body });
    }
    const { [name]: gone, ...media } = now.media;
    if (gone !== undefined) await this.#update('remove', entry, { ...next, media }, { __KEY: code, [name]: null });
  }

  async #create(code: string, entry: Entry): Promise<void> {
    const { media, body } = this.#random.chance(0.5) ? await this.#uploads() : { media: {}, body: {} };
    const title = `title ${this.#number++}`;
    await this.#update('create', entry, { stamp: 1, title, media }, { code, title, ...body });
  }

  /** Some bytes sent ahead, and how a save names them. */
  async #uploads(): Promise<{ media: Stored['media']; body: Readonly<Record<string, { ID: string }>> }> {
    const media: Partial<Record<Media, string>> = {};
    const body: Record<string, { ID: string }> = {};
    for (const name of this.#random.pick([['photo'], ['badge'], ['file'], ['photo', 'badge', 'file']] as const)) {
      const file = name === 'file';
      const bytes = file ? this.#random.pick(this.#pool.files) : this.#random.pick(this.#pool.pictures).bytes;
      const answer = await this.#fetch('POST', `/rest/$upload?${file ? '$binary' : '$rawPict'}=true`, bytes);
      assert.equal(answer.status, 200);
      body[name] = (await answer.json()) as { ID: string };
      media[name] = shaOf(bytes);
    }
    return { media, body };
  }

  #update(kind: string, entry: Entry, after: Stored, body: unknown): Promise<void> {
    return this.#send(kind, entry, after, 'POST', '/rest/Note?$method=update', JSON.stringify(body));
  }

  async #send(
    kind: string,
    entry: Entry,
    after: Stored | undefined,
    method: string,
    path: string,
    body?: string | Uint8Array,
  ): Promise<void> {
    entry.pending = { after };
    const answer = await this.#fetch(method, path, body);
    const text = await answer.text();
    assert.equal(answer.status, 200, `${method} ${path}: ${text}`);
    delete entry.pending;
    entry.acknowledged = after;
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  async #fetch(method: string, path: string, body?: string | Uint8Array): Promise<Response> {
    const answer = await fetch(this.#url + path, {
      method,
      headers: this.#cookie === undefined ? {} : { cookie: this.#cookie },
      ...(body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
    });
    // Nobody knows what has become of a save when the database goes away with its server.
    if (answer.status === 503) throw new Away(await answer.text());
    this.#cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? this.#cookie;
    return answer;
  }

  /** Reads everything back: what was acknowledged is there, and of what was under way all or nothing. */
  async verify(url: string): Promise<void> {
    this.#url = url;
    for (const [code, entry] of this.#journal) {
      const found = await this.#read(code);
      const possible = entry.pending ? [entry.acknowledged, entry.pending.after] : [entry.acknowledged];
      const printed = possible.map((state) => JSON.stringify(state)).join(' or ');
      assert.ok(
        possible.some((state) => isSame(state, found)),
        `${code}: ${JSON.stringify(found)} instead of ${printed}`,
      );
      entry.acknowledged = found;
      delete entry.pending;
    }
  }

  async #read(code: string): Promise<Stored | undefined> {
    const answer = await this.#fetch('GET', `/rest/Note(${code})`);
    const json = (await answer.json()) as Record<string, unknown>;
    if (answer.status === 404) return undefined;
    assert.equal(answer.status, 200, JSON.stringify(json));
    const media: Partial<Record<Media, string>> = {};
    for (const name of [...pictureNames, 'file'] as const) {
      const deferred = json[name] as { __deferred: { uri: string } } | null;
      if (deferred) media[name] = await this.#shaAt(deferred.__deferred.uri);
    }
    return { stamp: json['__STAMP'] as number, title: json['title'] as string, media };
  }

  async #shaAt(uri: string): Promise<string> {
    const answer = await this.#fetch('GET', uri);
    assert.equal(answer.status, 200, uri);
    const sha = shaOf(new Uint8Array(await answer.arrayBuffer()));
    if (answer.headers.get('cache-control')?.includes('immutable')) {
      assert.equal(this.#promised.get(uri) ?? sha, sha, `${uri}: other bytes than before`);
      this.#promised.set(uri, sha);
      // So that there are converted copies on disk too.
      const converted = await this.#fetch('GET', uri.replace('$imageformat=best', '$imageformat=webp'));
      assert.equal(converted.headers.get('content-type'), 'image/webp', uri);
      await converted.arrayBuffer();
    } else assert.ok(!uri.includes('$version='), `${uri} is the current version`);
    return sha;
  }
}

function isSame(one: Stored | undefined, other: Stored | undefined): boolean {
  if (!one || !other) return one === other;
  const names = [...pictureNames, 'file'] as const;
  return (
    one.stamp === other.stamp &&
    one.title === other.title &&
    names.every((name) => one.media[name] === other.media[name])
  );
}
