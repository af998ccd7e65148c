// From a path on the command line to a model: a file, or a folder with model.ts and, if it likes, seed.ts.
import { existsSync, statSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { messageOf } from '../errors.ts';
import { buildModel } from '../model/load.ts';
import { ModelError } from '../model/model-error.ts';
import type { Model } from '../model/model.ts';
import type { Seed } from '../model/seed.ts';
import { programBeside } from '../program-beside.ts';

export interface LoadedModel {
  readonly model: Model;
  /** Where its file is. */
  readonly folder: string;
  /** Data for an empty datastore. */
  readonly seed?: Seed;
}

const fileNames = (name: string): readonly string[] => ['ts', 'mts', 'js', 'mjs'].map((ending) => `${name}.${ending}`);

/**
 * Loads the model at a path. TypeScript runs as it is, its types are stripped.
 * @throws ModelError with every fault, or when there is no such file
 */
export async function loadModel(path: string): Promise<LoadedModel> {
  const full = resolve(path);
  if (!existsSync(full)) throw new ModelError([`${path}: there is no such file or folder`]);
  if (!statSync(full).isDirectory()) return { model: buildModel(await defaultExport(full)), folder: dirname(full) };
  const file = modelFile(full);
  if (!file) throw new ModelError([`${path}: the folder has no model.ts`]);
  const model = buildModel(await defaultExport(file));
  const seedFile = find(full, 'seed');
  if (!seedFile) return { model, folder: full };
  const { seed } = (await exportsOf(seedFile)) as { readonly seed?: Seed };
  if (!seed) throw new ModelError([`${seedFile}: exports no \`seed\``]);
  return { model, folder: full, seed };
}

/** The model file of a folder, when it has one. */
export const modelFile = (folder: string): string | undefined => find(resolve(folder), 'model');

const find = (folder: string, name: string): string | undefined =>
  fileNames(name).map((file) => join(folder, file)).find(existsSync); // oxfmt-ignore

const defaultExport = async (file: string): Promise<unknown> =>
  ((await exportsOf(file)) as { readonly default?: unknown }).default;

const ownIndex = programBeside(import.meta.url, '../index').href;

let isPrepared = false;

/** URLs of the files that models are made of: those named on the command line and what they import, packages aside. */
const sources = new Set<string>();

/** The files that have been loaded of models, or could not be. */
export const modelSources = (): readonly string[] => [...sources].map((url) => fileURLToPath(url));

/**
 * A model has the Keystamp that loads it, whether or not there is one among its packages: its code runs in the calls of
 * that one. Its TypeScript is modules, whatever `npm init` wrote into a package.json above it.
 */
function prepareLoading(): void {
  if (isPrepared) return;
  isPrepared = true;
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'keystamp') return { url: ownIndex, shortCircuit: true };
      const found = next(specifier, context);
      if (sources.has(context.parentURL ?? '') && isOwn(found.url)) sources.add(found.url);
      return found.format === 'commonjs-typescript' ? { ...found, format: 'module-typescript' } : found;
    },
  });
}

const isOwn = (url: string): boolean => url.startsWith('file:') && !url.includes('/node_modules/');

async function exportsOf(file: string): Promise<unknown> {
  prepareLoading();
  const url = pathToFileURL(file).href;
  sources.add(url);
  try {
    return await import(url);
  } catch (error) {
    const message = messageOf(error);
    const hint = message.includes('does not provide an export named') ? '; a type is imported with `import type`' : '';
    throw new ModelError([`${placeOf(error) ?? file}: cannot be loaded (${message}${hint})`]);
  }
}

/** The author's file and line that an error tells of: the first place in its stack that is neither Node's nor ours. */
function placeOf(error: unknown): string | undefined {
  const ours = fileURLToPath(new URL('..', import.meta.url));
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  // Node puts the place of a faulty syntax above the message, as a path or as a URL; others stand in the lines below.
  for (const [, place = '', line] of stack.matchAll(/(?:^|at (?:.* \()?)(\S.*?):(\d+)(?=$|:\d+\)?$)/gm)) {
    const file = place.startsWith('file:') ? fileURLToPath(place) : place;
    if (existsSync(file) && !file.startsWith(ours)) return `${file}:${line}`;
  }
  return undefined;
}
