// A random walk over one class with two pictures per entity: saves of every kind and reads of every kind, through
// caches and past them. It keeps the state the server should be in and has every answer judged.
import assert from 'node:assert/strict';
import { createRandom, type Random } from '../../../examples/company/random.ts';
import { clientNames, Clients, headerOf, jsonOf, type Answer, type ClientName } from './clients.ts';
import { Judge, PictureHistory, type Asked, type Form, type PictureName } from './history.ts';
import type { ItemServer } from './item-server.ts';
import { makePicture, type Picture } from './pictures.ts';

/** An entity of the class, over all lives of its key. */
interface Item {
  readonly code: string;
  /** `/rest/Item(…)` as the server prints it. */
  readonly path: string;
  readonly pictures: Readonly<Record<PictureName, PictureHistory>>;
  alive: boolean;
  /** The highest number of earlier lives (spec 10 § 2.7). */
  base: number;
  stamp: number;
}

const validatorHeaders = ['if-none-match', 'if-modified-since'] as const;
type ValidatorHeader = (typeof validatorHeaders)[number];

/** What an answer said about its bytes, for questions by date or ETag later. */
interface Validator {
  readonly history: PictureHistory;
  readonly form: Form;
  readonly value: string;
  readonly picture: Picture;
}

type Json = Readonly<Record<string, unknown>>;

const codes = ['plain', 'two words', 'x&y', 'a/b', "o'é", '(1)'];
const names: readonly PictureName[] = ['photo', 'badge'];

const forms: readonly Form[] = [
  { format: 'best', size: '' },
  { format: 'best', size: '' },
  { format: 'png', size: '' },
  { format: 'jpeg', size: '' },
  { format: 'webp', size: '' },
  { format: 'webp', size: '&$imagewidth=8', width: 8 },
  { format: 'png', size: '&$imagewidth=6&$imageheight=6&$imagefit=cover', width: 6 },
];

/** What clients of pictures say they take. */
const image = 'image/avif,image/webp,image/*,*/*;q=0.8';
const accepts = ['', '', '', '*/*', '*/*', '*/*', image, image, image, 'application/json'];

export class RandomWalk {
  /** How often each thing was done or seen. */
  readonly counts = new Map<string, number>();
  readonly #server: ItemServer;
  readonly #clients: Clients;
  readonly #random: Random;
  /** What validators there are depends on the clock, so their chance is kept apart: the steps depend on the seed alone. */
  readonly #otherRandom: Random;
  readonly #judge = new Judge();
  readonly #items: Item[] = [];
  readonly #validators: Record<ValidatorHeader, Validator[]> = { 'if-none-match': [], 'if-modified-since': [] };
  /** Random picks among these; a step stands in it as often as it is likely, of about a hundred. */
  readonly #steps: readonly (() => Promise<void>)[];
  #cookie = '';
  #pictures = 0;

  constructor(server: ItemServer, seed: number) {
    this.#server = server;
    this.#clients = new Clients(server);
    this.#random = createRandom(seed);
    this.#otherRandom = createRandom(seed + 1_000_000);
    const often = (times: number, step: () => Promise<void>): (() => Promise<void>)[] => Array(times).fill(step);
    this.#steps = [
      ...often(68, () => this.#read()),
      ...often(8, () => this.#readByValidator()),
      ...often(7, () => this.#setDirectly()),
      ...often(6, () => this.#setByUpload()),
      ...often(2, () => this.#removePicture()),
      ...often(10, () => this.#saveTitle()),
      ...often(2, () => this.#deleteItem()),
      ...often(3, () => this.#cross()),
    ];
  }

  /** Makes the entities, one with each kind of key text. */
  async begin(): Promise<void> {
    for (const code of codes) {
      const { uri } = await this.#save({ code, title: 'new' });
      const path = String(uri);
      const history = (name: PictureName): PictureHistory => new PictureHistory(`${path}/${name}`, name);
      const pictures = { photo: history('photo'), badge: history('badge') };
      this.#items.push({ code, path, pictures, alive: true, base: 0, stamp: 1 });
    }
  }

  async steps(count: number): Promise<void> {
    for (let step = 0; step < count; step++) await this.#random.pick(this.#steps)();
  }

  async restartServer(): Promise<void> {
    await this.#server.restart();
    this.#cookie = '';
    this.#count('restart');
  }

  end(): Promise<void> {
    return this.#clients.end();
  }

  #count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  // Reading

  async #read(): Promise<void> {
    const history = this.#random.pick(Object.values(this.#random.pick(this.#items).pictures));
    const form = this.#random.pick(forms);
    const asked = this.#ask(history);
    // Some ask again at once, themselves or next to each other: that is what caches are for.
    for (let times = this.#random.pick([1, 1, 1, 2, 3]); times > 0; times--) {
      const client = this.#random.pick(clientNames);
      const accept = this.#random.pick(accepts);
      const answer = await this.#clients.get(client, history.url(asked, form), accept === '' ? {} : { accept });
      if (accept === 'application/json') {
        this.#checkEnvelope(history, form, answer);
        continue;
      }
      const finding = await this.#judge.check(history, asked, form, answer, client !== 'direct');
      const [own] = answer.byServer;
      const by = client === 'direct' ? 'the server' : own ? `a cache that asked (${own.status})` : 'a cache alone';
      this.#count(`${finding}, by ${by}`);
      this.#remember(history, form, answer);
    }
  }

  /** Who wants JSON at the URL of a picture gets JSON with the current uri, and no cache mixes the two up (spec 10 § 4.6). */
  #checkEnvelope(history: PictureHistory, form: Form, answer: Answer): void {
    const where = `${history.path} as JSON → ${answer.status} ${answer.bytes.toString('latin1', 0, 200)}`;
    assert.equal(headerOf(answer, 'cache-control'), 'no-store', where);
    assert.equal(answer.byServer.length, 1, where);
    if (answer.status === 404) return assert.equal(history.picture, undefined, where);
    const picture = (jsonOf(answer) as Readonly<Record<string, { uri: string } | null>>)[history.attribute];
    if (history.version === undefined) assert.equal(picture, null, where);
    else assert.equal(picture?.uri, history.url(history.version, form), where);
    this.#count('JSON of a picture');
  }

  #ask(history: PictureHistory): Asked {
    const { version, bound } = history;
    const kind = this.#random.int(0, 99);
    if (kind < 45 && version !== undefined) return version;
    // What the next saves may reach: asked too early, so that caches could keep the wrong bytes for it.
    if (kind < 65) return bound + this.#random.int(1, 3);
    if (kind < 75 && history.versions.size > 0) return this.#random.pick([...history.versions.keys()].slice(-12));
    // Numbers of saves that left this picture alone were never its version, nor will they be.
    if (kind < 85 && version !== undefined && version < bound) return this.#random.int(version + 1, bound);
    if (kind < 87) return this.#random.int(0, bound);
    if (kind < 95) return 'absent';
    return {
      garbage: this.#random.pick([
        '',
        'abc',
        '-1',
        `0${version ?? 1}`,
        `${version ?? 1}.0`,
        '1e3',
        `${bound + 1}&$version=${version ?? 1}`,
      ]),
    };
  }

  #remember(history: PictureHistory, form: Form, answer: Answer): void {
    const { picture } = history;
    const [own] = answer.byServer;
    if (!picture || own?.status !== 200 || !headerOf(answer, 'cache-control')?.startsWith('public')) return;
    for (const header of validatorHeaders) {
      const value = headerOf(answer, header === 'if-none-match' ? 'etag' : 'last-modified');
      if (value === undefined) continue;
      const known = this.#validators[header];
      known.push({ history, form, value, picture });
      if (known.length > 40) known.splice(this.#otherRandom.int(0, 39), 1);
    }
  }

  /** A 304 says that the bytes are still those the validator came with. */
  async #readByValidator(): Promise<void> {
    const header = this.#otherRandom.pick(validatorHeaders);
    if (this.#validators[header].length === 0) return;
    const { history, form, value, picture } = this.#otherRandom.pick(this.#validators[header]);
    const asked = this.#otherRandom.pick(['absent', history.version ?? 0] as const);
    const answer = await this.#clients.get('direct', history.url(asked, form), { [header]: value });
    if (answer.status === 304) {
      assert.equal(history.picture?.sha, picture.sha, `${history.url(asked, form)}: 304 for ${header}: ${value}`);
      this.#count(`not modified by ${header}`);
    } else {
      const finding = await this.#judge.check(history, asked, form, answer, false);
      if (finding !== 'no picture') this.#count(`modified by ${header}`);
      if (header === 'if-none-match') assert.notEqual(headerOf(answer, 'etag'), value);
    }
  }

  // Writing. Each step ends with a look at the JSON, where the new version stands.

  async #setDirectly(): Promise<void> {
    const item = await this.#living();
    const name = this.#random.pick(names);
    await this.#settle(item, await this.#startDirect(item, name));
    this.#count('set directly');
  }

  /** Sends the bytes of a new picture, or of one that is there already (spec 10 § 7.7). */
  async #startDirect(item: Item, name: PictureName): Promise<Partial<Record<PictureName, Picture>>> {
    const picture = await this.#nextPicture();
    const answer = await this.#clients.send(
      'direct',
      'POST',
      `${item.path}/${name}?$rawPict=image/${picture.format}`,
      picture.bytes,
    );
    assert.equal(answer.status, 200, answer.bytes.toString());
    item.stamp++;
    assert.equal(
      headerOf(answer, 'keystamp-image-version'),
      String(item.base + item.stamp),
      'a save of a picture gives it the number of the stamp',
    );
    return { [name]: picture };
  }

  async #setByUpload(): Promise<void> {
    const item = await this.#living();
    const chosen = this.#random.chance(0.3) ? names : [this.#random.pick(names)];
    const pictures: Partial<Record<PictureName, Picture>> = {};
    const body: Record<string, unknown> = { __KEY: item.code, __STAMP: item.stamp };
    for (const name of chosen) {
      const picture = (pictures[name] = await this.#nextPicture());
      body[name] = { ID: await this.#upload(picture) };
    }
    await this.#save(body);
    item.stamp++;
    await this.#settle(item, pictures);
    this.#count('set by upload');
  }

  async #removePicture(): Promise<void> {
    const item = await this.#living();
    const name = this.#random.pick(names);
    const had = item.pictures[name].picture !== undefined;
    if (this.#random.chance(0.5)) await this.#save({ __KEY: item.code, [name]: null });
    else
      assert.equal(
        (await this.#clients.send('direct', 'DELETE', `${item.path}/${name}?$imageformat=best`)).status,
        200,
      );
    // Removing nothing is no save.
    if (had) item.stamp++;
    await this.#settle(item, had ? { [name]: undefined } : undefined);
    if (had) this.#count('picture removed');
  }

  async #saveTitle(): Promise<void> {
    const item = await this.#living();
    const through = this.#random.pick(clientNames);
    await this.#save({ __KEY: item.code, title: `title ${item.base + item.stamp}` }, through);
    item.stamp++;
    await this.#settle(item, {});
    this.#count('title saved');
  }

  async #deleteItem(): Promise<void> {
    const item = await this.#living();
    const answer = await this.#clients.send('direct', 'POST', `${item.path}?$method=delete`);
    assert.equal(answer.status, 200, `${item.path}: ${answer.bytes.toString()}`);
    item.alive = false;
    item.base += item.stamp;
    item.stamp = 0;
    for (const history of Object.values(item.pictures)) history.learn(undefined, undefined, true);
    this.#count('entity deleted');
  }

  /** Readers while a picture is replaced: each sees it before or after, and no cache learns anything wrong. */
  async #cross(): Promise<void> {
    const item = await this.#living();
    const history = item.pictures[this.#random.pick(names)];
    const before = history.picture;
    const next = item.base + item.stamp + 1;
    const reads = Array.from({ length: 6 }, () => {
      const asked = this.#random.pick<Asked>([next, next, history.version ?? next, 'absent', next + 1]);
      const form = this.#random.pick(forms);
      const client = this.#random.pick(clientNames);
      return { asked, form, client };
    });
    const write = this.#startDirect(item, history.attribute);
    const crossing = reads.map(({ asked, form, client }) => this.#clients.get(client, history.url(asked, form)));
    const answers = await Promise.all(crossing);
    await this.#settle(item, await write);
    for (const [i, { asked, form }] of reads.entries())
      await this.#judge.checkCrossing(history, before, asked, form, answers[i] as Answer);
    this.#count('replaced under readers');
  }

  /** An entity to write to; a deleted one is made again first, with or without a picture. */
  async #living(): Promise<Item> {
    // The last ones are seldom written to: a change of this very second has no Last-Modified yet (spec 10 § 9.5).
    const item = this.#random.pick(this.#random.chance(0.03) ? this.#items.slice(-2) : this.#items.slice(0, -2));
    if (item.alive) return item;
    const photo = this.#random.chance(0.6) ? await this.#nextPicture() : undefined;
    await this.#save({ code: item.code, title: 'again', ...(photo && { photo: { ID: await this.#upload(photo) } }) });
    item.alive = true;
    item.stamp = 1;
    await this.#settle(item, { photo });
    this.#count('entity made again');
    return item;
  }

  /** @param changed the pictures that the save set or removed; nothing when it saved nothing */
  async #settle(item: Item, changed: Partial<Record<PictureName, Picture | undefined>> | undefined): Promise<void> {
    const answer = await this.#clients.get(this.#random.pick(clientNames), item.path);
    assert.equal(answer.status, 200, answer.bytes.toString());
    assert.equal(answer.byServer.length, 1, 'a cache answered with data');
    const json = jsonOf(answer) as Json;
    assert.equal(json['__STAMP'], item.stamp);
    for (const name of names) {
      const history = item.pictures[name];
      const picture = changed && name in changed ? changed[name] : history.picture;
      history.bound = item.base + item.stamp;
      const counts = changed !== undefined && (name in changed || name === 'badge');
      history.learn(versionIn(json[name], history), picture, counts && picture !== undefined);
    }
  }

  async #nextPicture(): Promise<Picture> {
    if (this.#pictures > 0 && this.#random.chance(0.15)) return makePicture(this.#random.int(0, this.#pictures - 1));
    return makePicture(this.#pictures++);
  }

  async #upload({ bytes }: Picture): Promise<string> {
    const answer = await this.#clients.send('direct', 'POST', '/rest/$upload?$rawPict=true', bytes, this.#session);
    assert.equal(answer.status, 200, answer.bytes.toString());
    const cookie = headerOf(answer, 'set-cookie');
    if (cookie !== undefined) this.#cookie = cookie.split(';')[0] ?? '';
    return (jsonOf(answer) as { ID: string }).ID;
  }

  async #save(body: Json, client: ClientName = 'direct'): Promise<Json> {
    const answer = await this.#clients.send(client, 'POST', '/rest/Item?$method=update', body, this.#session);
    assert.equal(answer.status, 200, answer.bytes.toString());
    return jsonOf(answer) as Json;
  }

  get #session(): Record<string, string> {
    return this.#cookie === '' ? {} : { cookie: this.#cookie };
  }
}

/** The number in the uri of a deferred picture, which must be the one the history would write. */
function versionIn(value: unknown, history: PictureHistory): number | undefined {
  if (value === null) return undefined;
  const { uri } = (value as { __deferred: { uri: string } }).__deferred;
  const version = Number(/\$version=(\d+)/.exec(uri)?.[1]);
  assert.equal(uri, history.url(version, { format: 'best', size: '' }));
  return version;
}
