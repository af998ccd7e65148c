// A datastore of the tests of backup, restore and fsck: pictures, a BLOB of several parts, relations, words, tracking.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { readConfig, type Config } from '../../../src/config.ts';
import { openKeystamp, type Keystamp } from '../../../src/keystamp.ts';
import { buildModel } from '../../../src/model/load.ts';
import type { Model } from '../../../src/model/model.ts';
import type { SeedEntity } from '../../../src/model/seed.ts';
import { sow } from '../../../src/orm/sow.ts';
import { registerFunctions } from '../../../src/store/sqlite/functions.ts';
import { makePicture } from '../../caching/pictures.ts';
import '../../kept-converters.ts';

export const model: Model = buildModel({
  name: 'kept',
  dataClasses: {
    Person: {
      track: true,
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        name: { type: 'string', indexed: true },
        notes: { type: 'text', keywords: true },
        photo: { type: 'image' },
        file: { type: 'blob' },
        employer: { kind: 'relatedEntity', dataClass: 'Firm' },
      },
    },
    Firm: {
      attributes: {
        code: { type: 'string', primKey: true },
        logo: { type: 'image', imageVersion: 'stamp' },
        staff: { kind: 'relatedEntities', dataClass: 'Person', inverse: 'employer' },
      },
    },
  },
});

/** Two persons share one picture. */
async function* entities(): AsyncGenerator<SeedEntity> {
  const [one, two] = [(await makePicture(1)).bytes, (await makePicture(2)).bytes];
  yield { dataClass: 'Firm', values: { code: 'acme' }, media: { logo: two } };
  yield { dataClass: 'Firm', values: { code: 'é & co' } };
  const file = Buffer.alloc(2_500_000, 'many bytes ');
  yield { dataClass: 'Person', values: { ID: 1, name: 'Ada', notes: 'Her desk stands by the window', employer: 'acme' }, media: { photo: one, file } }; // oxfmt-ignore
  yield { dataClass: 'Person', values: { ID: 2, name: 'Bo', notes: 'Window seat', employer: 'acme' }, media: { photo: one } }; // oxfmt-ignore
  yield { dataClass: 'Person', values: { ID: 3, name: 'Çelik', employer: 'é & co' } };
}

const folders: string[] = [];

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keystamp-keeping-'));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export const configOf = (data: string): Config => readConfig({ data, converters: 1, logLevel: 'silent' });

export const openData = (data: string): Promise<Keystamp> => openKeystamp(model, configOf(data), () => {});

/** A folder with the data. */
export async function sownData(): Promise<string> {
  const data = newFolder();
  const keystamp = await openData(data);
  try {
    await sow({ total: 5, entities }, model, join(data, 'seed'), keystamp.services, () => {});
  } finally {
    await keystamp.close();
  }
  return data;
}

export function withFile<T>(path: string, use: (database: Database.Database) => T): T {
  const database = new Database(path);
  registerFunctions(database);
  try {
    return use(database);
  } finally {
    database.close();
  }
}

export const databaseOf = (data: string): string => join(data, 'keystamp.db');
