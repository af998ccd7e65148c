// The folder of an export: `export.json` says what there is, a file per class holds its entities, `files/` their bytes.
import type { ModelDefinition } from '../model/definition.ts';

export const manifestName = 'export.json';
export const filesFolder = 'files';

/** JSON Lines hold everything; CSV is for spreadsheets and loses nothing but the types of numbers in texts. */
export type Format = 'jsonl' | 'csv';

export interface Manifest {
  readonly keystampExport: 1;
  readonly format: Format;
  readonly definition: ModelDefinition;
  readonly classes: readonly { readonly name: string; readonly file: string; readonly count: number }[];
}

/** What stands in the place of a picture or BLOB. */
export interface FileReference {
  /** Path in `files/`, with `/`. */
  readonly file: string;
  readonly version: number;
  readonly mediatype: string;
  /** Milliseconds since 1970. */
  readonly changedAt: number;
}
