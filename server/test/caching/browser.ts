// A real Chromium for tests. It comes packed with the development dependencies and is unpacked once per version.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';

const packed = '@sparticuz/chromium';
const packageFile = join(dirname(fileURLToPath(import.meta.resolve(packed))), '../package.json');

/** The package unpacks into the temporary folder, and picks what to unpack when it is imported. */
const environment = (folder: string): Record<string, string> => ({
  TMPDIR: folder,
  AWS_LAMBDA_JS_RUNTIME: 'nodejs22.x',
});

/** The folder with the unpacked browser. Processes that unpack at the same time do not see each other's half work. */
async function unpacked(): Promise<string> {
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  const cache = fileURLToPath(new URL('../../../node_modules/.cache/', import.meta.url));
  const folder = join(cache, `keystamp-chromium-${version}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  const program = `const { default: chromium } = await import('${packed}'); await chromium.executablePath();`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: dirname(packageFile),
    env: { ...process.env, ...environment(unfinished) },
  });
  try {
    await rename(unfinished, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/**
 * Tells the browser where fonts are, the package's and the machine's: what the package says holds for one place only,
 * and pages would show no letter.
 */
async function withFonts(folder: string): Promise<void> {
  const place = join(folder, 'fontconfig');
  const fonts = [join(folder, 'fonts'), '/usr/share/fonts'].map((path) => `<dir>${path}</dir>`).join('');
  const file = join(place, 'fonts.conf');
  // A file that is there is left alone: a browser of another test may be reading it.
  if (!existsSync(file)) {
    await mkdir(place, { recursive: true });
    const unfinished = `${file}.${process.pid}`;
    const cache = join(place, 'cache');
    await writeFile(unfinished, `<?xml version="1.0"?><fontconfig>${fonts}<cachedir>${cache}</cachedir></fontconfig>`);
    await rename(unfinished, file);
  }
  process.env['FONTCONFIG_PATH'] = place;
}

/** Settings of the package that suit a function in a cloud: the browser would end with its first window, and obey less. */
const unwanted = new Set([
  '--single-process',
  '--no-zygote',
  '--disable-web-security',
  '--allow-running-insecure-content',
]);

/** Starts the browser. The caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const folder = await unpacked();
  await withFonts(folder);
  const own = process.env['TMPDIR'];
  Object.assign(process.env, environment(folder));
  try {
    const { default: chromium } = await import('@sparticuz/chromium');
    const { chromium: playwright } = await import('playwright-core');
    const executablePath = await chromium.executablePath();
    // Pages are drawn by the processor in any case; without the detour over a graphics driver it takes less of it.
    chromium.setGraphicsMode = false;
    const args = [...chromium.args.filter((argument) => !unwanted.has(argument)), '--no-sandbox', '--disable-gpu'];
    return await playwright.launch({ executablePath, args, headless: true });
  } finally {
    if (own === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = own;
  }
}
