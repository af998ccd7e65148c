// What every walk through the explorer needs: a server with data of all types, a browser, and pages that complain.
import assert from 'node:assert/strict';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser } from '../../server/test/caching/browser.ts';
import { makePicture, type Picture } from '../../server/test/caching/pictures.ts';
import type { Config } from '../../server/src/config.ts';
import { startExplorer, type ExplorerServer } from './explorer-server.ts';

export const teams = ['Blues', 'Greens', 'Reds'] as const;
export const memberCount = 260;
const waitMs = 30_000;

/** Names in an order that is not that of the keys. */
export const memberName = (key: number): string => `Member ${String((key * 97) % memberCount).padStart(3, '0')}`;

export class Stage {
  readonly server: ExplorerServer;
  readonly browser: Browser;
  #pictures = 0;

  private constructor(server: ExplorerServer, browser: Browser) {
    this.server = server;
    this.browser = browser;
  }

  static async start(flags: Partial<Config> = {}): Promise<Stage> {
    const server = await startExplorer(flags);
    try {
      const stage = new Stage(server, await launchBrowser());
      await stage.#fill();
      return stage;
    } catch (error) {
      await server.end();
      throw error;
    }
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
   * A page of a window of its own. A fault of the explorer's scripts fails the test.
   * @param path below `/explorer/`
   */
  async open(t: Ending, path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({
      viewport: { width: 1280, height: 800 },
      permissions: ['clipboard-read', 'clipboard-write'],
      baseURL: `${this.server.url}/explorer/`,
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(waitMs);
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(String(error.stack)));
    page.on('console', (message) => {
      // Refused requests are what some of the walks are about.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        faults.push(message.text());
    });
    t.after(async () => {
      await context.close();
      assert.deepEqual(faults, []);
    });
    await page.goto(path);
    return page;
  }

  async end(): Promise<void> {
    await this.browser.close();
    await this.server.end();
  }
}

export interface Ending {
  after(end: () => Promise<void>): void;
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
