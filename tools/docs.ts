// `npm run docs`: makes the tables of docs/reference from the tables of the code, between their markers.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, Option } from 'commander';
import { createProgram } from '../server/src/cli/main.ts';
import { settings } from '../server/src/config.ts';
import { errorTable, httpErrors, printError, type ErrorCode, type HttpErrorStatus } from '../server/src/errors.ts';
import { imageFormats } from '../server/src/image/formats.ts';
import { operators, type Comparator } from '../server/src/query/operators.ts';
import { params } from '../server/src/request/params.ts';

const folder = join(import.meta.dirname, '../docs/reference');

/** The pages that hold made tables. */
export const pages = ['commands', 'parameters', 'settings', 'errors', 'pictures', 'filters'] as const;

type Row = readonly string[];

const table = (head: Row, rows: readonly Row[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
const cell = (text: string): string => text.replaceAll('|', '\\|');
const code = (text: string): string => `\`${text}\``;

/** What each comparator asks, in words; a new row of the code's table must say it here. */
const meanings = {
  like: 'equal',
  equal: 'equal, wildcard characters taken literally',
  unlike: 'different; not null',
  different: 'different, wildcard characters taken literally; not null',
  less: 'less',
  lessOrEqual: 'less or equal',
  greater: 'greater',
  greaterOrEqual: 'greater or equal',
  in: 'equal to one of a list',
  begin: 'begins with',
  word: 'holds every word of the text; the last one may end with a wildcard',
  regex: 'regular expressions are refused (1112)',
} as const satisfies Record<Comparator, string>;

/** A command with its subcommands below it, as its help shows them. */
function commandSections(command: Command, path: readonly string[]): readonly string[] {
  const name = [...path, command.name()].join(' ');
  if (command.commands.length > 0)
    return command.commands.flatMap((sub) => commandSections(sub, [...path, command.name()]));
  const args = command.registeredArguments.map((argument) => {
    const many = argument.variadic ? `${argument.name()}...` : argument.name();
    return argument.required ? `<${many}>` : `[${many}]`;
  });
  const rows: Row[] = [
    ...command.registeredArguments
      .filter(({ description }) => description !== '')
      .map((argument): Row => [code(argument.name()), argument.description]),
    ...command.options.map((option): Row => [code(option.flags), withDefault(option)]),
  ];
  return [`### ${code(['keystamp', name, ...args].join(' '))}\n\n${command.description()}\n\n${table(['', ''], rows)}`];
}

const withDefault = ({ description, defaultValue }: Option): string =>
  defaultValue === undefined ? description : `${description} (default: ${JSON.stringify(defaultValue)})`;

/** Placeholder words for the arguments of error texts. */
const words = ['first', 'second', 'third'];

function errorRow(errCode: string, row: (typeof errorTable)[ErrorCode]): Row {
  const { message } = printError({ code: Number(errCode) as ErrorCode, args: words }, '4d');
  return [errCode, String(row.status), message];
}

const program = await createProgram();

const generated: Readonly<Record<string, () => string>> = {
  commands: () => program.commands.flatMap((command) => commandSections(command, [])).join('\n\n'),
  parameters: () =>
    table(
      ['parameter', 'also', 'meaning'],
      Object.entries(params).map(([name, row]) => [
        code(`$${name}`),
        'aliases' in row ? row.aliases.map((alias) => code(`$${alias}`)).join(' ') : '',
        row.meaning,
      ]),
    ),
  settings: () =>
    table(
      ['setting', 'environment', 'default', 'meaning'],
      Object.entries(settings).map(([name, row]) => [
        code(name),
        code(row.env),
        code(String(row.default)),
        row.meaning,
      ]),
    ),
  errors: () =>
    table(
      ['errCode', 'status', 'text'],
      Object.entries(errorTable).map(([errCode, row]) => errorRow(errCode, row)),
    ),
  httpErrors: () =>
    table(
      ['status', 'text'],
      (Object.entries(httpErrors) as [`${HttpErrorStatus}`, string][]).map(([status, text]) => [status, text]),
    ),
  formats: () =>
    table(
      ['`$imageformat`', 'also', 'type', 'stored', 'converted into'],
      Object.entries(imageFormats).map(([name, row]) => [
        code(name),
        row.aliases.map(code).join(' '),
        row.mediaType,
        row.decodes ? 'yes' : name === 'svg' || name === 'pdf' ? 'as it is' : 'no',
        row.encodes ? 'yes' : 'no',
      ]),
    ),
  operators: () =>
    table(
      ['comparator', 'meaning', 'wildcards'],
      Object.entries(operators).map(([name, row]) => [
        row.spellings.map(code).join(' '),
        meanings[name as Comparator],
        (row.meaning.kind === 'compare' && row.meaning.wildcard) || row.meaning.kind === 'in' ? 'yes' : '',
      ]),
    ),
};

/** A page with its tables as the code has them now. */
export function renderPage(page: (typeof pages)[number]): {
  readonly path: string;
  readonly now: string;
  readonly made: string;
} {
  const path = join(folder, `${page}.md`);
  const now = readFileSync(path, 'utf8');
  const made = now.replaceAll(
    /(<!-- generated: (\w+) -->\n)[^]*?(<!-- \/generated -->)/g,
    (_all, begin: string, name: string, end: string) => {
      const make = generated[name];
      if (!make) throw new Error(`${page}.md asks for a table that nobody makes: ${name}`);
      return `${begin}\n${make()}\n\n${end}`;
    },
  );
  return { path, now, made };
}

if (import.meta.main) for (const { path, made } of pages.map(renderPage)) writeFileSync(path, made);
