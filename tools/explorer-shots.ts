// Pictures of the explorer for docs/images: `npm start` in one terminal, `node tools/run.mjs tools/explorer-shots.ts
// http://127.0.0.1:8044` in another. Data that is changed for a picture is changed back.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { launchBrowser } from '../server/test/caching/browser.ts';

const folder = join(import.meta.dirname, '../docs/images');
const server = process.argv[2] ?? 'http://127.0.0.1:8044';

interface Shot {
  readonly path: string;
  readonly window: BrowserContextOptions;
  /** Brings the page into the state to be shown. */
  readonly show: (page: Page) => Promise<void>;
  /** Changes back what was changed for it. */
  readonly after?: () => Promise<void>;
}

/** The one of the sample's people who sees everything. */
const clara = ['clara', 'clara-pays'] as const;

const wide = { viewport: { width: 1280, height: 780 } };

const save = async (body: unknown): Promise<void> => {
  const answer = await fetch(`${server}/rest/Employee?$method=update`, {
    method: 'POST',
    headers: { 'username-4D': clara[0], 'password-4D': clara[1] },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
};

const shots: Readonly<Record<string, Shot>> = {
  list: {
    path: 'Employee?$filter=employer.name%20%3D%20%27acme%27&$orderby=lastName&open=1',
    window: wide,
    show: (page) => page.locator('.panel .thumbnail img').waitFor(),
  },
  filter: {
    path: 'Employee?$attributes=ID,photo,firstName,lastName,employer,salary',
    window: { viewport: { width: 1000, height: 460 }, colorScheme: 'dark' },
    async show(page) {
      await page.getByRole('combobox').click();
      await page.keyboard.type('(salary > 60000) and employer.');
      await page.getByRole('option').first().waitFor();
    },
  },
  conflict: {
    path: 'Employee(2)',
    window: { viewport: { width: 1280, height: 680 } },
    async show(page) {
      await page.locator('[data-attribute=salary] input').fill('76000');
      await page.locator('[data-attribute=email] input').fill('olga@acme.example');
      await save({ __KEY: '2', salary: 81_000, remote: true });
      await page.getByText('Choose whose value shall stay').waitFor();
      await page.getByRole('radiogroup', { name: 'Whose salary' }).getByRole('radio').first().check();
    },
    after: () => save({ __KEY: '2', salary: 74_250, remote: false }),
  },
  picture: {
    path: 'Employee(1)/photo',
    window: { viewport: { width: 1280, height: 1100 } },
    async show(page) {
      await page.getByRole('button', { name: 'Ask the server' }).click();
      await page.locator('.headers').first().waitFor();
    },
  },
  model: {
    path: '',
    window: { viewport: { width: 1000, height: 600 }, colorScheme: 'dark' },
    show: (page) => page.locator('.diagram-head .count').first().waitFor(),
  },
  functions: {
    path: '$call?function=Employee%2FtopPaid&$params=%5B5%5D',
    window: { viewport: { width: 1100, height: 560 } },
    async show(page) {
      await page.getByRole('button', { name: 'Call', exact: true }).click();
      await page.locator('.call-result tbody tr').first().waitFor();
    },
  },
  narrow: {
    path: 'Employee',
    window: { viewport: { width: 390, height: 760 } },
    show: (page) => page.locator('[data-key="12"]').waitFor(),
  },
};

await mkdir(folder, { recursive: true });
const browser = await launchBrowser();
for (const [name, { path, window, show, after }] of Object.entries(shots)) {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...window });
  await context.request.post(`${server}/rest/$directory/login`, { data: clara });
  const page = await context.newPage();
  await page.goto(`${server}/explorer/${path}`);
  await show(page);
  // Pictures come last; the network is never idle, since the change feed does not end.
  await page.waitForTimeout(2000);
  const taken = await page.screenshot();
  await after?.();
  const image = await sharp(taken).webp({ quality: 82, effort: 6 }).toBuffer();
  await writeFile(join(folder, `explorer-${name}.webp`), image);
  console.log(`explorer-${name}.webp ${image.length} bytes`);
  await context.close();
}
await browser.close();
