// Datastore → a folder of JSON Lines or CSV and the files of pictures and BLOBs.
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import { createHash } from 'node:crypto';
import { formatOfMediaType, formatRow } from '../image/formats.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { isMedia, type DataClassDef, type Model, type StorageDef } from '../model/model.ts';
import { globalStampName } from '../model/tracking.ts';
import { memberCount, membersBetween, membersOfKeys, packedMembers } from '../orm/members.ts';
import type { Columns, Links } from '../query/columns.ts';
import { all } from '../query/predicate.ts';
import { ContentGone, openContent } from '../store/content.ts';
import type { Engine, Row } from '../store/engine.ts';
import { keyOfRow } from '../store/sql/entity-row.ts';
import { mediaStatement, ownMedia } from '../store/sql/media.ts';
import { countStatement, keysStatement, membersStatement } from '../store/sql/select.ts';
import { filesFolder, manifestName, type FileReference, type Format, type Manifest } from './manifest.ts';
import { keyOf, readEntity } from './source.ts';

const pageSize = 500;

/** Uris are not kept, so it does not matter how they look. */
const links: Links = {
  mount: '',
  brackets: ['(', ')'],
  imagePrefix: '$version=',
  imageSuffix: () => '',
  imageInfo: false,
};

type Fields = Record<string, unknown>;

/** Columns of a CSV file in front of the attributes. */
const systemNames = ['__KEY', '__STAMP', '__TIMESTAMP'] as const;

/** Told once how many entities there are, then how many are written. */
export interface ExportProgress {
  begin(total: number): void;
  update(done: number): void;
}

/** Writes all entities of the datastore; the list of what was written is written last. */
export async function exportData(
  model: Model,
  engine: Engine,
  folder: string,
  format: Format,
  progress: ExportProgress,
): Promise<Manifest> {
  mkdirSync(folder, { recursive: true });
  const classes: Manifest['classes'][number][] = [];
  const exported = [...model.dataClasses.values()].filter(({ tracking }) => tracking !== 'deletions');
  progress.begin(await countAll(exported, engine));
  let done = 0;
  for (const dataClass of exported) {
    const file = `${dataClass.name}.${format}`;
    const names = [...systemNames, ...stored(dataClass).map(({ name }) => name)];
    const objects = new Set(dataClass.storage.filter(({ type }) => type === 'object').map(({ name }) => name));
    let count = 0;
    async function* lines(): AsyncIterable<string> {
      if (format === 'csv') yield stringify([names]);
      for await (const entities of pagesOf(dataClass, engine)) {
        for (const entity of entities) await writeFiles(entity, dataClass, engine, folder);
        yield entities
          .map((entity) => (format === 'csv' ? csvLine(entity, names, objects) : `${JSON.stringify(entity)}\n`))
          .join('');
        count += entities.length;
        progress.update((done += entities.length));
      }
    }
    await pipeline(lines, createWriteStream(join(folder, file)));
    classes.push({ name: dataClass.name, file, count });
  }
  const definition = model.definition as ModelDefinition;
  const manifest: Manifest = { keystampExport: 1, format, definition, classes };
  writeFileSync(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

async function countAll(dataClasses: readonly DataClassDef[], engine: Engine): Promise<number> {
  let total = 0;
  for (const dataClass of dataClasses)
    total += Number((await engine.row(countStatement(dataClass, all, engine.dialect)))?.['total']);
  return total;
}

/** What a class holds, hidden foreign keys left out: relations say the same. */
const stored = (dataClass: DataClassDef): readonly (StorageDef | { readonly name: string })[] =>
  [...dataClass.attributes.values()].filter(
    (attribute) =>
      attribute.kind === 'relatedEntity' || (attribute.kind === 'storage' && attribute.name !== globalStampName),
  );

function columnsOf(dataClass: DataClassDef): Columns {
  const items = [...dataClass.attributes.values()].flatMap((attribute): Columns['items'] => {
    if (attribute.kind === 'relatedEntity') return [{ kind: 'deferred', attribute }];
    if (attribute.kind !== 'storage') return [];
    return [isMedia(attribute) ? { kind: 'media', attribute, detail: false } : { kind: 'value', attribute }];
  });
  return { dataClass, items, links, calculated: false, paged: false };
}

/** Pages in the order of the keys, of those that were there in the beginning. */
async function* pagesOf(dataClass: DataClassDef, engine: Engine): AsyncIterable<readonly Fields[]> {
  const rows = { kind: 'entities', columns: columnsOf(dataClass) } as const;
  const { dialect } = engine;
  const statement = keysStatement({ dataClass, predicate: all, order: [] }, dialect);
  const keys =
    dataClass.key.length === 1
      ? packedMembers(await engine.keys(statement))
      : membersOfKeys(
          dataClass,
          (await engine.rows(statement)).map((row) => keyOfRow(dataClass, row)),
        );
  for (let from = 0; from < memberCount(keys); from += pageSize) {
    const page = membersBetween(dataClass, keys, from, from + pageSize);
    yield parse(await engine.row(membersStatement(dataClass, rows, page, dialect)));
  }
}

function parse(row: Row | undefined): readonly Fields[] {
  const entities = row?.['entities'] as Uint8Array | null | undefined;
  const all = entities ? (JSON.parse(`[${Buffer.from(entities).toString('utf8')}]`) as Fields[]) : [];
  // What was deleted since its key was listed has none any more.
  return all.filter((entity) => '__KEY' in entity);
}

/** Puts the bytes beside and a reference in their place; links of relations become keys. */
async function writeFiles(entity: Fields, dataClass: DataClassDef, engine: Engine, folder: string): Promise<void> {
  const { values } = readEntity(dataClass, entity, () => undefined);
  for (const attribute of dataClass.attributes.values()) {
    const { name, kind } = attribute;
    if (kind === 'relatedEntity') entity[name] = values[name] ?? null;
    if (kind !== 'storage' || !isMedia(attribute) || entity[name] === null) continue;
    const key = keyOf(values, String(entity['__KEY']), dataClass);
    const row = key && (await engine.row(mediaStatement(dataClass, ownMedia(attribute), key)));
    const hash = row?.['hash'] as Uint8Array | null | undefined;
    const mediatype = String(row?.['mediatype']);
    const file = `${dataClass.name}/${name}/${fileName(String(entity['__KEY']), dataClass, mediatype)}`;
    if (!row || !hash || !(await writeFile(join(folder, filesFolder, file), hash, Number(row['size']), engine))) {
      entity[name] = null;
      continue;
    }
    const reference: FileReference = {
      file,
      version: Number(row['version']),
      mediatype,
      changedAt: Number(row['time']),
    };
    entity[name] = reference;
  }
}

/** Writes a content as it is read, a part at a time; false when it is gone. */
async function writeFile(path: string, hash: Uint8Array, size: number, engine: Engine): Promise<boolean> {
  const parts = size === 0 ? [] : await openContent(engine, hash, 0, size);
  if (!parts) return false;
  mkdirSync(dirname(path), { recursive: true });
  try {
    await pipeline(parts, createWriteStream(path));
    return true;
  } catch (error) {
    rmSync(path, { force: true });
    if (error instanceof ContentGone) return false;
    throw error;
  }
}

/** File systems take 255 bytes at most. */
const longestName = 200;

/** Named after the key; on some file systems `Ada` and `ada` are one name, so keys with capitals are told apart by a hash. */
function fileName(key: string, dataClass: DataClassDef, mediatype: string): string {
  const format = formatOfMediaType(mediatype);
  const hash = (): string => createHash('sha256').update(key).digest('hex');
  const text = encodeURIComponent(key).replaceAll('*', '%2A');
  const hasCase = dataClass.key.some(({ type }) => type === 'string' || type === 'text') && /[A-Z]/.test(key);
  const name = text.length > longestName ? hash() : hasCase ? `${text}-${hash().slice(0, 16)}` : text;
  return `${name}.${format ? formatRow(format).extension : 'bin'}`;
}

/**
 * Null is an empty cell, the empty text a quoted one.
 * @param objects names of object attributes, whose texts and numbers are JSON too
 */
const csvLine = (entity: Fields, names: readonly string[], objects: ReadonlySet<string>): string =>
  stringify([names.map((name) => (objects.has(name) ? json(entity[name]) : cell(entity[name])))], {
    quoted_match: /^$/,
  });

const json = (value: unknown): string | null => (value === null || value === undefined ? null : JSON.stringify(value));

function cell(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
