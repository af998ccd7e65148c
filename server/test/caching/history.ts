// What a test knows of every picture: which version stood for which bytes, from the first save to the last, over
// deletions and restarts. It judges every answer.
import assert from 'node:assert/strict';
import type { Answer } from './clients.ts';
import { headerOf } from './clients.ts';
import { look, sameColour, shaOf, type Picture } from './pictures.ts';

export type PictureName = 'photo' | 'badge';

/** A form a picture is asked in: the parameters around `$version`. */
export interface Form {
  readonly format: 'best' | 'png' | 'jpeg' | 'webp' | 'gif';
  /** Parameters behind `$expand`: a size. */
  readonly size: string;
  /** The width that must come out, when a size was asked. */
  readonly width?: number;
}

export type Asked = number | 'absent' | { readonly garbage: string };

/** One picture of one entity, over all lives of its key. */
export class PictureHistory {
  /** Every version that ever stood for a picture. */
  readonly versions = new Map<number, Picture>();
  /** Path up to the `?`. */
  readonly path: string;
  readonly attribute: PictureName;
  picture: Picture | undefined;
  /** Version number of `picture`. */
  version: number | undefined;
  /** The number that the entity's last save reached, whether it changed this picture or not. */
  bound = 0;
  #highest = 0;

  constructor(path: string, attribute: PictureName) {
    this.path = path;
    this.attribute = attribute;
  }

  /**
   * What the JSON says now, after a save.
   * @param saved the picture was set, or counts every save of its entity: the number must have grown
   */
  learn(version: number | undefined, picture: Picture | undefined, saved: boolean): void {
    const where = `${this.path} version ${version}`;
    assert.equal(version === undefined, picture === undefined, where);
    if (version !== undefined && picture !== undefined) {
      assert.ok(version <= this.bound, `${where} is above the stamp ${this.bound}`);
      if (saved) assert.ok(version > this.#highest, `${where} must be above ${this.#highest}`);
      else assert.equal(version, this.version, `${where}: nothing was saved`);
      const before = this.versions.get(version);
      assert.ok(!before || before.sha === picture.sha, `${where} stood for other bytes before`);
      this.versions.set(version, picture);
      this.#highest = Math.max(this.#highest, version);
    }
    this.version = version;
    this.picture = picture;
  }

  url(asked: Asked, { format, size }: Form): string {
    const version = asked === 'absent' ? '' : `&$version=${typeof asked === 'number' ? asked : asked.garbage}`;
    return `${this.path}?$imageformat=${format}${version}&$expand=${this.attribute}${size}`;
  }
}

/** What came of an answer, for the count of what a run has seen. */
export type Finding =
  'current' | 'old: latest bytes' | 'old: kept copy' | 'between' | 'newer' | 'no version' | 'garbage' | 'no picture'; // oxfmt-ignore

export class Judge {
  /** Bytes that were said to be good for ever, by URL. */
  readonly #immutable = new Map<string, string>();
  /** Converted pictures: SHA-256 of the source and form → SHA-256. */
  readonly #converted = new Map<string, string>();

  /**
   * An answer while nothing is being changed.
   * @param cached it came through a cache
   */
  async check(history: PictureHistory, asked: Asked, form: Form, answer: Answer, cached: boolean): Promise<Finding> {
    const { picture, version } = history;
    const where = `${history.url(asked, form)} (current ${version}) → ${answer.status} ${headerOf(answer, 'cache-control')}`;
    const kept = typeof asked === 'number' && asked !== version ? history.versions.get(asked) : undefined;
    await this.checkPromise(history, asked, form, answer);
    if (picture && (await this.isPicture(picture, form, answer))) {
      const row = this.#rowOf(history, asked);
      const control = headerOf(answer, 'cache-control');
      if (row === 'current') assert.equal(control, 'public, max-age=31536000, immutable', where);
      else if (row === 'newer' || row === 'garbage') assert.equal(control, 'no-store', where);
      // The same bytes may have been kept while their number was current.
      else if (!(cached && kept?.sha === picture.sha)) assert.equal(control, 'public, no-cache', where);
      if (answer.byServer.some(({ status }) => status === 200))
        assert.equal(headerOf(answer, 'content-location'), history.url(version ?? 0, form));
      return row;
    }
    if (cached && kept && (await this.isPicture(kept, form, answer))) {
      assert.deepEqual(answer.byServer, [], `${where}: the server gave an old picture`);
      return 'old: kept copy';
    }
    assert.ok(!picture, `${where}: not the current picture`);
    assert.equal(headerOf(answer, 'cache-control'), 'no-store', where);
    assert.ok(answer.status === 404 || (answer.status === 200 && answer.bytes.toString() === '{}'), where);
    return 'no picture';
  }

  /** An answer that crossed a save: the picture before or after it, or a copy that was kept; the promise holds anyway. */
  async checkCrossing(
    history: PictureHistory,
    before: Picture | undefined,
    asked: Asked,
    form: Form,
    answer: Answer,
  ): Promise<void> {
    await this.checkPromise(history, asked, form, answer);
    if (answer.status === 404 || answer.bytes.toString() === '{}') {
      assert.ok(!before || !history.picture);
      return;
    }
    const kept = typeof asked === 'number' ? history.versions.get(asked) : undefined;
    for (const picture of [before, history.picture, kept])
      if (picture && (await this.isPicture(picture, form, answer))) return;
    assert.fail(`${history.url(asked, form)}: neither the picture before nor after`);
  }

  /** Bytes marked as good for ever are those of that version, and always the same under that URL. */
  async checkPromise(history: PictureHistory, asked: Asked, form: Form, answer: Answer): Promise<void> {
    const control = headerOf(answer, 'cache-control') ?? '';
    const where = `${history.url(asked, form)} → ${answer.status} ${control}`;
    if (control.startsWith('public')) assert.equal(headerOf(answer, 'set-cookie'), undefined, where);
    if (!control.includes('immutable')) return;
    assert.ok(typeof asked === 'number', where);
    const picture = history.versions.get(asked);
    assert.ok(picture, `${where}: this version was never issued`);
    assert.ok(await this.isPicture(picture, form, answer), `${where}: not the picture of this version`);
    const sha = shaOf(answer.bytes);
    const url = history.url(asked, form);
    assert.equal(this.#immutable.get(url) ?? sha, sha, `${where}: other bytes than before`);
    this.#immutable.set(url, sha);
  }

  /** The bytes are this picture in this form. Each conversion is looked at once, and must come out the same ever after. */
  async isPicture(picture: Picture, form: Form, { status, bytes }: Answer): Promise<boolean> {
    if (status !== 200) return false;
    const sha = shaOf(bytes);
    const own = form.format === 'best' || form.format === picture.format;
    if (own && form.size === '') return sha === picture.sha;
    const name = `${picture.sha} ${own ? picture.format : form.format}${form.size}`;
    const known = this.#converted.get(name);
    if (known !== undefined) return known === sha;
    const seen = await look(bytes).catch(() => undefined);
    if (!seen || !sameColour(seen.colour, picture.colour)) return false;
    if (form.width !== undefined && seen.width !== form.width) return false;
    this.#converted.set(name, sha);
    return true;
  }

  #rowOf({ version = 0, bound }: PictureHistory, asked: Asked): Finding {
    if (asked === 'absent') return 'no version';
    if (typeof asked !== 'number') return 'garbage';
    if (asked === version) return 'current';
    if (asked < version) return 'old: latest bytes';
    return asked > bound ? 'newer' : 'between';
  }
}
