// What every walk through the explorer needs: a server with data of all types, a browser, and windows that complain.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser } from '../../server/test/caching/browser.ts';
import { makePicture, type Picture } from '../../server/test/caching/pictures.ts';
import { startExplorer, type ExplorerServer } from './explorer-server.ts';

export const teams = ['Blues', 'Greens', 'Reds'] as const;
export const memberCount = 260;
const waitMs = 240_000;

/** Names in an order that is not that of the keys. */
export const memberName = (key: number): string => `Member ${String((key * 97) % memberCount).padStart(3, '0')}`;

/** What a window can change while it is open; everything else makes another window. */
interface Look {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
}

type WindowOptions = Look & Pick<BrowserContextOptions, 'timezoneId' | 'deviceScaleFactor'>;

/** A window with a session of its own. It outlives the test: to open one costs more than most walks. */
class Window {
  readonly kind: string;
  readonly page: Page;
  readonly #context: BrowserContext;
  #faults: string[] = [];

  private constructor(kind: string, context: BrowserContext, page: Page) {
    this.kind = kind;
    this.#context = context;
    this.page = page;
    page.setDefaultTimeout(waitMs);
    page.on('pageerror', (error) => this.#faults.push(String(error.stack)));
    page.on('console', (message) => {
      // Refused requests are what some of the walks are about.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        this.#faults.push(message.text());
    });
  }

  static async open(browser: Browser, kind: string, options: BrowserContextOptions): Promise<Window> {
    const context = await browser.newContext({
      ...options,
      permissions: ['clipboard-read', 'clipboard-write'],
      // What moves is drawn again and again, by the processor.
      reducedMotion: 'reduce',
    });
    return new Window(kind, context, await context.newPage());
  }

  async look({ viewport = { width: 1280, height: 800 }, colorScheme = 'light' }: Look): Promise<void> {
    await this.page.setViewportSize(viewport);
    await this.page.emulateMedia({ colorScheme });
  }

  /**
   * Ends its session and what it showed. It rests then: as behind other windows, it lets go of the change feed.
   * @returns what went wrong in it
   */
  async rest(): Promise<readonly string[]> {
    this.page.removeAllListeners('dialog');
    await walkTo(this.page, '$login');
    await this.page.evaluate(`localStorage.clear(); ${seen(false)}`);
    await this.#context.clearCookies();
    const faults = this.#faults;
    this.#faults = [];
    return faults;
  }

  /** Goes on as if it had just been opened. */
  async wake(path: string): Promise<void> {
    await this.page.evaluate(seen(true));
    await walkTo(this.page, path);
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}

class Stage {
  #server: ExplorerServer | undefined;
  #browser: Browser | undefined;
  readonly #free: Window[] = [];
  #pictures = 0;

  get server(): ExplorerServer {
    assert.ok(this.#server, 'the stage is not set');
    return this.#server;
  }

  async start(): Promise<void> {
    [this.#server, this.#browser] = await Promise.all([startExplorer(), launchBrowser()]);
    await this.#fill();
  }

  async #fill(): Promise<void> {
    await this.save(
      'Team',
      teams.map((name) => ({ name })),
    );
    await this.save(
      'Member',
      Array.from({ length: memberCount }, (_, at) => ({
        name: memberName(at + 1),
        about: at === 0 ? 'First of all.\nWrites on two lines.' : null,
        level: at % 100,
        points: at * 1000,
        fee: at + 0.5,
        born: `${(at % 28) + 1}!5!1990`,
        seen: new Date(Date.UTC(2025, 0, 1, 8) + at * 3_600_000).toISOString(),
        best: 61_000 + at,
        extra: { tags: ['a', 'b'], size: at },
        team: at % 4 === 3 ? null : String((at % 3) + 1),
      })),
    );
    for (const key of ['1', '2', '3']) await this.replace('Member', key, 'photo');
  }

  /** Saves entities past the explorer. */
  async save(dataClass: string, body: unknown): Promise<Record<string, unknown>> {
    const answer = await fetch(`${this.server.url}/rest/${dataClass}?$method=update`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    const json = (await answer.json()) as Record<string, unknown>;
    assert.equal(answer.status, 200, JSON.stringify(json));
    return json;
  }

  /** Deletes an entity past the explorer. */
  async delete(dataClass: string, key: string): Promise<void> {
    const url = `${this.server.url}/rest/${dataClass}(${key})?$method=delete`;
    assert.equal((await fetch(url, { method: 'POST' })).status, 200);
  }

  async read(path: string): Promise<Record<string, unknown>> {
    return (await (await fetch(`${this.server.url}/rest/${path}`)).json()) as Record<string, unknown>;
  }

  picture(): Promise<Picture> {
    return makePicture(this.#pictures++, 64);
  }

  /** Gives an entity a picture that nobody has seen yet, past the explorer. */
  async replace(dataClass: string, key: string, attribute: string): Promise<Picture> {
    const picture = await this.picture();
    const url = `${this.server.url}/rest/${dataClass}(${key})/${attribute}?$rawPict=true`;
    const answer = await fetch(url, { method: 'POST', body: picture.bytes as Uint8Array<ArrayBuffer> });
    assert.equal(answer.status, 200);
    return picture;
  }

  /**
   * The page of a window with a session of its own, until the test ends. A fault of the explorer's scripts fails the test.
   * @param path below `/explorer/` of the stage's server, or a whole URL
   */
  async open(t: Ending, path: string, { viewport, colorScheme, ...options }: WindowOptions = {}): Promise<Page> {
    assert.ok(this.#browser, 'the stage is not set');
    const kind = JSON.stringify(options);
    const at = this.#free.findIndex((window) => window.kind === kind);
    const [rested] = at < 0 ? [] : this.#free.splice(at, 1);
    const baseURL = `${this.server.url}/explorer/`;
    const window = rested ?? (await Window.open(this.#browser, kind, { ...options, baseURL }));
    t.after(async () => {
      if (t.passed === false) return window.close();
      assert.deepEqual(await window.rest(), []);
      this.#free.push(window);
    });
    await window.look({ ...(viewport && { viewport }), ...(colorScheme && { colorScheme }) });
    // What is loaded stays loaded: most of the work of a page is to begin.
    if (rested && !path.startsWith('http')) await window.wake(path);
    else await window.page.goto(path);
    return window.page;
  }

  async end(): Promise<void> {
    await this.#browser?.close();
    await this.#server?.end();
  }
}

/** The test that a window is opened for. */
export interface Ending {
  readonly passed?: boolean;
  after(end: () => Promise<void>): void;
}

/** The one of this process: set before its first test, cleared away after its last. */
export const stage = new Stage();
before(() => stage.start());
after(() => stage.end());

/** Makes a page take itself for seen or hidden; a hidden one lets go of the change feed. */
export const seen = (is: boolean): string =>
  `Object.defineProperty(document, 'hidden', { value: ${!is}, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));`;

/** Goes to another view of the explorer as its own links do, without loading the page again. */
export async function walkTo(page: Page, path: string): Promise<void> {
  await page.evaluate(`history.pushState(null, '', '/explorer/${path}'); dispatchEvent(new PopStateEvent('popstate'))`);
}

/** Drops a file on an element, as from the desktop. */
export async function dropFile(page: Page, selector: string, { bytes, format }: Picture): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    `(() => {
      const bytes = Uint8Array.from(atob('${bytes.toString('base64')}'), (c) => c.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], 'dropped.${format}', { type: 'image/${format}' }));
      return transfer;
    })()`,
  );
  for (const event of ['dragover', 'drop']) await page.locator(selector).dispatchEvent(event, { dataTransfer });
}

/** Waits until a question about the page or the server has the answer. */
export async function until<T>(ask: () => Promise<T>, wanted: T): Promise<void> {
  const end = Date.now() + waitMs;
  for (;;) {
    const got = await ask();
    try {
      assert.deepEqual(got, wanted);
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
