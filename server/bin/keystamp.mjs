#!/usr/bin/env node
// The command. An old Node would load the SQLite driver and die without a word, so the version is looked at first.
import { existsSync } from 'node:fs';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`Keystamp needs Node.js 22.18 or newer (this is ${process.version}).`);
  process.exit(1);
}
const built = new URL('../dist/cli/main.js', import.meta.url);
const source = new URL('../src/cli/main.ts', import.meta.url);
const { main } = await import(existsSync(source) ? source.href : built.href);
await main(process.argv);
