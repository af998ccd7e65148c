// Small test files of a folder share a process: to start one and load the server takes a second, most of them less.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Folders of small files. In the others each has servers, kills them, or measures memory. */
const folders = /^(client\/test|server\/test\/(access|caching|clients|orm|sync|wire|unit(\/\w+)?))\/[^/]+$/;

/** Folders of which one process takes all: together they do not take as long as the others. */
const small = /^server\/test\/unit\/(exchange|http|model|plan|request)$/;

const processOf = (folder: string): string => (small.test(folder) ? dirname(folder) : folder);

/** What is done before each test of one file would be done before those of the others. */
const hasHooksOfEach = (file: string): boolean => /^(before|after)Each\(/m.test(readFileSync(file, 'utf8'));

/** Where the files are that stand for several; `--times` names them by what is behind it. */
export const sharedFolder = (): string => join(tmpdir(), 'shared');

/**
 * What a run starts for these test files: the file, or one that imports all of a folder.
 * @param order of the names that come first, of files, which keep a process of their own, or of folders
 */
export function shareProcesses(files: readonly string[], order: readonly string[]): readonly string[] {
  const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  const started = Map.groupBy(files, (file) =>
    folders.test(file) && !order.includes(file) && !hasHooksOfEach(file) ? processOf(dirname(file)) : file,
  );
  return [...started]
    .toSorted(([one], [other]) => rank(one) - rank(other) || (one < other ? -1 : 1))
    .map(([name, together]) => (together.length > 1 ? importing(name, together) : (together[0] as string)));
}

function importing(name: string, files: readonly string[]): string {
  const path = join(sharedFolder(), `${name}.mjs`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, files.map((file) => `import '${pathToFileURL(resolve(file)).href}';\n`).join(''));
  return path;
}
