// An exported folder as the source of data.
import { createReadStream, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { parse } from 'csv-parse';
import type { DataClassDef } from '../model/model.ts';
import { filesFolder, manifestName, type FileReference, type Manifest } from './manifest.ts';
import { readEntity, type ReadMedia, type Source } from './source.ts';
import type { StoredEntity } from './stored-entity.ts';

type Fields = Record<string, unknown>;

/** @throws Error when the folder is no export */
export function openFolder(folder: string): Source {
  const manifest = readManifest(folder);
  const { format, definition, classes } = manifest;
  const of = (dataClass: DataClassDef): Manifest['classes'][number] | undefined =>
    classes.find(({ name }) => name === dataClass.name);
  return {
    definition,
    losses: [],
    count: async (dataClass) => of(dataClass)?.count ?? 0,
    async *entities(dataClass, from): AsyncIterable<StoredEntity> {
      const file = of(dataClass)?.file;
      if (file === undefined) return;
      const path = inside(folder, file);
      let seen = 0;
      for await (const sent of format === 'csv' ? csvEntities(path, dataClass) : jsonEntities(path))
        if (seen++ >= from) yield readEntity(dataClass, sent, fileReader(folder));
    },
  };
}

function readManifest(folder: string): Manifest {
  const path = join(folder, manifestName);
  try {
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Partial<Manifest>;
    if (manifest.keystampExport === 1) return manifest as Manifest;
  } catch (error) {
    throw new Error(`${path}: cannot be read as the list of an export`, { cause: error });
  }
  throw new Error(`${path}: is not the list of an export that this version knows`);
}

/** @throws Error for a path that leads out of the folder */
function inside(folder: string, path: string): string {
  const full = resolve(folder, path);
  const way = relative(resolve(folder), full);
  // On Windows the way to another drive is none.
  if (/^\.\.([\\/]|$)/.test(way) || isAbsolute(way)) throw new Error(`${path}: leads out of the folder`);
  return full;
}

const fileReader =
  (folder: string): ReadMedia =>
  (sent) => {
    const { file, version, mediatype, changedAt } = sent as unknown as FileReference;
    if (typeof file !== 'string') return undefined;
    return {
      bytes: () => readFile(inside(join(folder, filesFolder), file)),
      version: () => version,
      mediatype: () => mediatype,
      changedAt: () => changedAt,
    };
  };

async function* jsonEntities(path: string): AsyncIterable<Fields> {
  for await (const line of linesOf(path)) if (line.trim() !== '') yield JSON.parse(line) as Fields;
}

/** They end at `\n` alone: to `node:readline` U+2028 ends a line too, and JSON may hold it. */
async function* linesOf(path: string): AsyncIterable<string> {
  let begun = '';
  for await (const chunk of createReadStream(path, 'utf8')) {
    const lines = (begun + String(chunk)).split('\n');
    begun = lines.pop() as string;
    yield* lines;
  }
  yield begun;
}

async function* csvEntities(path: string, dataClass: DataClassDef): AsyncIterable<Fields> {
  const parser = createReadStream(path).pipe(
    parse({
      bom: true,
      columns: true,
      cast: (text, { header, quoting }) => (!header && text === '' && !quoting ? null : text),
    }),
  );
  for await (const row of parser as AsyncIterable<Readonly<Record<string, string | null>>>)
    yield Object.fromEntries(Object.entries(row).map(([name, text]) => [name, valueOf(text, name, dataClass)]));
}

/** Objects, pictures and BLOBs are JSON in their cells; the rest is what it says. */
function valueOf(text: string | null, name: string, dataClass: DataClassDef): unknown {
  const attribute = dataClass.attributes.get(name);
  if (text === null || attribute?.kind !== 'storage') return text;
  return ['object', 'image', 'blob'].includes(attribute.type) ? JSON.parse(text) : text;
}
