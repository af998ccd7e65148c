// `keystamp init [folder]`: a new model folder, or one for a database that is there already.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { readConfig } from '../../config.ts';
import { modelOfDatabase } from '../../keeping/model-of-database.ts';
import { buildModel } from '../../model/load.ts';
import { printDefinition } from '../../model/print-definition.ts';
import { introspectDatabase } from '../../store/introspect.ts';
import { openEngine } from '../../store/open.ts';
import { modelFile } from '../load-model.ts';

interface Flags {
  readonly from?: string;
  readonly adopt?: boolean;
}

export const initCommand = (): Command =>
  new Command('init')
    .description('begin a model folder, from nothing or from a database that is there already')
    .argument('[folder]', 'the folder', '.')
    .option('--from <database>', 'a SQLite file or postgres://… whose tables become dataclasses')
    .option(
      '--adopt',
      'with --from: give the tables columns and triggers, so that writes of other programs move stamps',
    )
    .action(init);

async function init(folder: string, flags: Flags): Promise<void> {
  if (flags.adopt && flags.from === undefined) throw new Error('--adopt says how to take tables --from a database');
  if (modelFile(folder)) throw new Error(`${folder}: has a model already`);
  const made = flags.from === undefined ? fromNothing() : await fromDatabase(folder, flags.from, flags.adopt ?? false);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'model.ts'), made.model);
  writeMissing(join(folder, 'README.md'), made.readme);
  writeMissing(join(folder, '.gitignore'), 'data/\n');
  // One above it is the author's own, and says how this folder is compiled too.
  if (!isBelow(folder, 'tsconfig.json')) writeMissing(join(folder, 'tsconfig.json'), compilerOptions);
  for (const note of made.notes) console.log(note);
  console.log(`${join(folder, 'model.ts')} is written. Serve it:\n\n  ${made.command(folder)}\n`);
}

function writeMissing(file: string, text: string): void {
  if (!existsSync(file)) writeFileSync(file, text);
}

/** Whether a file of that name stands in a folder above this one. */
function isBelow(folder: string, name: string): boolean {
  const above = dirname(resolve(folder));
  return above !== resolve(folder) && (existsSync(join(above, name)) || isBelow(above, name));
}

interface Made {
  readonly model: string;
  readonly readme: string;
  readonly notes: readonly string[];
  readonly command: (folder: string) => string;
}

const sample = `// The dataclasses of this datastore. It runs as it is, nothing is built.
import { defineModel } from 'keystamp';

export default defineModel({
  dataClasses: {
    Place: {
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        name: { type: 'string', indexed: true, mandatory: true },
        view: { type: 'image' },
        visits: { kind: 'relatedEntities', dataClass: 'Visit', inverse: 'place' },
      },
    },
    Visit: {
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        day: { type: 'date', simpleDate: true },
        notes: { type: 'text' },
        place: { kind: 'relatedEntity', dataClass: 'Place' },
      },
    },
  },
});
`;

/** Editors mark what would not run: code that is more than types to strip, types that are imported as values. */
const compilerOptions = `{
  "compilerOptions": {
    "target": "esnext",
    "module": "preserve",
    "strict": true,
    "noEmit": true,
    "allowImportingTsExtensions": true,
    "erasableSyntaxOnly": true,
    "verbatimModuleSyntax": true,
    "skipLibCheck": true
  }
}
`;

const quoted = (text: string): string =>
  /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

function fromNothing(): Made {
  // The data stay with the model, wherever the command is given.
  const command = (folder: string): string =>
    `npx keystamp serve ${quoted(folder)}${folder === '.' ? '' : ` --data ${quoted(join(folder, 'data'))}`}`;
  return {
    model: sample,
    notes: [],
    command,
    readme: readmeOf(
      command('.'),
      `A place, and its view:

    curl -g 'http://127.0.0.1:8044/rest/Place?$method=update' -d '{"name":"Lake"}'
    curl -g 'http://127.0.0.1:8044/rest/Place(1)/view?$rawPict=true' --data-binary @lake.jpg
    curl -g 'http://127.0.0.1:8044/rest/Place?$filter="name=lake"'`,
    ),
  };
}

const readmeOf = (command: string, more: string): string => `# Datastore

\`model.ts\` says what there is. Serve it from this folder:

    ${command}

It answers on http://127.0.0.1:8044/rest, on this machine only; \`npx keystamp serve --help\` tells more.

${more}
`;

/** @throws Error when nothing in the database can be served */
async function fromDatabase(folder: string, from: string, adopt: boolean): Promise<Made> {
  const isServer = from.includes('://');
  if (!isServer && !existsSync(from)) throw new Error(`${from}: there is no such file`);
  const found = await introspectDatabase(from);
  const { definition, notes } = modelOfDatabase(found, adopt ? 'shared' : 'side');
  const model = buildModel(definition);
  if (adopt) {
    const config = readConfig({ data: join(folder, 'data'), database: from }, {});
    await (await openEngine(config, model)).close();
  }
  const place = (seen: string): string => (isServer ? withoutPassword(from) : relative(resolve(seen), resolve(from)));
  const command = (seen: string): string =>
    `npx keystamp serve ${quoted(seen)} --database ${quoted(isServer ? withoutPassword(from) : seen === '.' ? place(folder) : from)}`;
  const head = [
    `The tables of ${isServer ? withoutPassword(from) : place(folder)}.`,
    adopt
      ? 'They have columns for stamps and triggers that move them; other programs go on writing to them.'
      : 'They stay as they are; stamps are kept beside them, and move with writes through Keystamp alone.',
    ...notes,
  ];
  return { model: printDefinition(definition, head), notes, command, readme: readmeOf(command('.'), 'The tables belong to a database that was there before.') }; // oxfmt-ignore
}

/** A password does not belong in files. */
function withoutPassword(url: string): string {
  const parsed = new URL(url);
  parsed.password = '';
  return parsed.href;
}
