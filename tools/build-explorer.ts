// Builds the explorer into server/dist/explorer when its sources are newer than what is there.
import { existsSync, globSync, statSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';

const workspace = join(import.meta.dirname, '..');
const target = join(workspace, 'server/dist/explorer');
const sources = ['explorer/{src,public}/**', 'explorer/{index.html,vite.config.ts,package.json}', 'client/src/**'];

const newest = (patterns: readonly string[]): number =>
  Math.max(0, ...globSync(patterns, { cwd: workspace }).map((file) => statSync(join(workspace, file)).mtimeMs));

/** True when the explorer that is built lacks something of the sources. */
export function isStale(): boolean {
  const page = join(target, 'index.html');
  return !existsSync(page) || statSync(page).mtimeMs < newest(sources);
}

/**
 * Builds beside the target and changes places at the end, so that a server never serves half of it.
 * @throws Error of Vite when the sources cannot be built
 */
export async function buildExplorer(): Promise<void> {
  const { build } = await import('vite');
  const folder = `${target}.${process.pid}`;
  const mode = process.env['NODE_ENV'];
  try {
    await build({
      configFile: join(workspace, 'explorer/vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: folder, emptyOutDir: true },
    });
    await compress(folder);
    const old = `${folder}.old`;
    if (existsSync(target)) await rename(target, old);
    await rename(folder, target);
    await rm(old, { recursive: true, force: true });
  } finally {
    await rm(folder, { recursive: true, force: true });
    // Vite sets it, and it would hold for the server that is started behind.
    if (mode === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = mode;
  }
}

/** The compressed forms stand beside each file, so that the server only has to choose. */
async function compress(folder: string): Promise<void> {
  for (const file of globSync('assets/*.{js,css,svg}', { cwd: folder })) {
    const bytes = await readFile(join(folder, file));
    await writeFile(join(folder, `${file}.br`), await promisify(brotliCompress)(bytes));
    await writeFile(join(folder, `${file}.gz`), await promisify(gzip)(bytes, { level: 9 }));
  }
}

if (import.meta.main && (process.argv.includes('--always') || isStale())) await buildExplorer();
