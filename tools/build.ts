// `npm run build`: compiles the packages from nothing, so that no file of a source that is gone gets into them, and builds
// the explorer into the server's. `npm pack` and `npm publish` do so for their package. Arguments: `client`, `server`.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildExplorer } from './build-explorer.ts';

const workspace = join(import.meta.dirname, '..');
const asked = process.argv.slice(2);

for (const name of asked.length > 0 ? asked : ['client', 'server']) {
  const dist = join(workspace, name, 'dist');
  // The explorer changes places with its older self when it is built; servers may be serving it.
  if (existsSync(dist))
    for (const entry of readdirSync(dist))
      if (!entry.startsWith('explorer')) rmSync(join(dist, entry), { recursive: true, force: true });
  const compiler = join(workspace, 'node_modules/.bin/tsc');
  execFileSync(compiler, ['-p', join(workspace, name, 'tsconfig.build.json')], { cwd: workspace, stdio: 'inherit' });
  if (name === 'server') await buildExplorer();
}
