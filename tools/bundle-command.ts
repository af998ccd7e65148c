// Bundles the command into few files and prints its path, for tests that start it by the hundred: half of what a start
// takes is to find and read its modules, and those that it uses, one by one.
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'rolldown';

const workspace = join(import.meta.dirname, '..');
const sources = join(workspace, 'server/src');
const bin = 'bin/keystamp.mjs';

/** What something else than an import begins with: the command, models, those who start processes and threads. */
const entries = [
  'cli/main',
  'index',
  'image/convert-process',
  'store/sqlite/checkpoint-thread',
  'store/sqlite/lane-guard',
  'store/sqlite/lane-process',
];

/** Below `node_modules`, where it finds what is native and stays outside. */
const target = join(workspace, 'node_modules/.cache/keystamp-command');

/** A file looks for others where the package has them, whatever it was bundled into. */
const places: Plugin = {
  name: 'places',
  transform(code, id) {
    if (!id.startsWith(sources) || !code.includes('import.meta.url')) return undefined;
    const place = join(target, 'dist', relative(sources, id).replace(/ts$/, 'js'));
    return code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(place).href));
  },
};

/** One letter that is not of Latin-1 would have Node keep all of a file in twice the space, and encode it at each start. */
const ascii: Plugin = {
  name: 'ascii',
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle))
      if (file.type === 'chunk')
        file.code = file.code.replaceAll(
          /[^\0-\x7f]/g,
          (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
  },
};

/** Lays it out as in the package; the one of an earlier run gives way at the end. Answers the path of the command. */
async function bundleCommand(): Promise<string> {
  const folder = `${target}.${process.pid}`;
  await build({
    input: Object.fromEntries(entries.map((entry) => [entry, join(sources, `${entry}.ts`)])),
    platform: 'node',
    external: ['better-sqlite3', 'sharp'],
    resolve: { conditionNames: ['keystamp-source'] },
    plugins: [places, ascii],
    logLevel: 'warn',
    // Names stay, for those who read a stack; without comments and indentation there is less to read, keep and hash.
    output: {
      dir: join(folder, 'dist'),
      format: 'esm',
      minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
    },
  });
  mkdirSync(join(folder, 'bin'));
  for (const file of [bin, 'package.json']) copyFileSync(join(workspace, 'server', file), join(folder, file));
  symlinkSync(join(workspace, 'server/dist/explorer'), join(folder, 'dist/explorer'), 'junction');
  const old = `${folder}.old`;
  if (existsSync(target)) renameSync(target, old);
  renameSync(folder, target);
  rmSync(old, { recursive: true, force: true });
  return join(target, bin);
}

console.log(await bundleCommand());
