// The command line: `keystamp <command>`. Each command has a file of its own.
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';

/** Each is loaded when it is asked for: most need little of the server, and start the faster. In the order of the help. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./commands/init.ts')).initCommand(),
  serve: async () => (await import('./commands/serve.ts')).serveCommand(),
  key: async () => (await import('./commands/key.ts')).keyCommand(),
  sync: async () => (await import('./commands/sync.ts')).syncCommand(),
  import: async () => (await import('./commands/import.ts')).importCommand(),
  export: async () => (await import('./commands/export.ts')).exportCommand(),
  types: async () => (await import('./commands/types.ts')).typesCommand(),
  backup: async () => (await import('./commands/backup.ts')).backupCommand(),
  restore: async () => (await import('./commands/restore.ts')).restoreCommand(),
  fsck: async () => (await import('./commands/fsck.ts')).fsckCommand(),
};

/**
 * The command line: the whole of it, or with one command alone.
 * @param name of the command that is meant; anything else: all of them
 */
export async function createProgram(name = ''): Promise<Command> {
  const program = new Command('keystamp')
    .description('Serves a datastore with versioned pictures over the Qodly / 4D REST API')
    .version(versionOf(), '-v, --version', 'tell the version')
    .exitOverride();
  const meant = Object.hasOwn(commands, name) ? commands[name] : undefined;
  for (const load of meant ? [meant] : Object.values(commands)) program.addCommand(await load());
  return program;
}

/** Of the package that these files belong to, built or not. */
function versionOf(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}

/** Runs the command that the arguments name; sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = await createProgram(argv[2]);
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode;
    else {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
  }
}
