// `keystamp types <url|model>`: writes the types of a model for @keystamp/client, from a server or from a model file.
import { writeFileSync } from 'node:fs';
import type { WireCatalog } from '@keystamp/client';
import { Command } from 'commander';
import { readConfig } from '../../config.ts';
import type { FunctionDef } from '../../model/code-defs.ts';
import { publicAttribute, publicDataClass, type AttributeDef } from '../../model/model.ts';
import { replyCatalog } from '../../reply/catalog.ts';
import { catalogTypes } from '../catalog-types.ts';
import { loadModel } from '../load-model.ts';

interface Flags {
  readonly out?: string;
  readonly apiKey?: string;
}

export function typesCommand(): Command {
  return new Command('types')
    .description('write the types of a model for @keystamp/client')
    .argument('<source>', 'URL of a server, such as http://127.0.0.1:8044/rest, or a model file or folder')
    .option('--out <file>', 'the file to write (default: standard output)')
    .option('--api-key <key>', 'sent to the server')
    .action(async (source: string, { out, apiKey }: Flags) => {
      const catalog = /^https?:\/\//.test(source) ? await fetchCatalog(source, apiKey) : await catalogOf(source);
      const text = catalogTypes(catalog, source);
      if (out === undefined) process.stdout.write(text);
      else {
        writeFileSync(out, text);
        console.log(`${out}: ${catalog.dataClasses.length} dataclasses`);
      }
    });
}

/** The catalog of a server. An address without a path means its mount `/rest`. */
async function fetchCatalog(address: string, apiKey: string | undefined): Promise<WireCatalog> {
  const { origin, pathname } = new URL(address);
  const url = `${origin}${pathname === '/' ? '/rest' : pathname.replace(/\/$/, '')}/$catalog/$all`;
  const answer = await fetch(url, apiKey === undefined ? {} : { headers: { 'api-key': apiKey } }).catch(
    (error: Error) => {
      throw new Error(`${url}: no answer (${error.message})`, { cause: error });
    },
  );
  const text = await answer.text();
  try {
    const catalog = JSON.parse(text) as WireCatalog & { readonly __ERROR?: readonly { readonly message: string }[] };
    if (catalog.__ERROR) throw new Error(`${url}: ${catalog.__ERROR.map(({ message }) => message).join('; ')}`);
    if (Array.isArray(catalog.dataClasses)) return catalog;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Error(`${url}: this is no catalog (${answer.status})`);
}

/** The catalog that a server of this model would answer. */
async function catalogOf(path: string): Promise<WireCatalog> {
  const { model } = await loadModel(path);
  const classes = [...model.dataClasses.keys()].flatMap((name) => publicDataClass(model, name) ?? []);
  const sight = {
    showsClass: () => true,
    showsAttribute: ({ owner, name }: AttributeDef) => publicAttribute(owner, name) !== undefined,
    showsFunction: ({ exposed }: FunctionDef) => exposed,
    may: () => true,
  };
  const outcome = { kind: 'catalog', model, sight, classes, form: 'full', metadata: true, uniqueId: '', catalogUri: '', dataUri: '' } as const; // oxfmt-ignore
  return JSON.parse(String(replyCatalog(outcome, readConfig({})).body)) as WireCatalog;
}
