// The command line: `keystamp <command>`. Each command has a file of its own.
import { Command, CommanderError } from 'commander';
import { backupCommand } from './commands/backup.ts';
import { exportCommand } from './commands/export.ts';
import { fsckCommand } from './commands/fsck.ts';
import { importCommand } from './commands/import.ts';
import { initCommand } from './commands/init.ts';
import { keyCommand } from './commands/key.ts';
import { restoreCommand } from './commands/restore.ts';
import { serveCommand } from './commands/serve.ts';
import { syncCommand } from './commands/sync.ts';
import { typesCommand } from './commands/types.ts';

/** The whole command line. */
export const createProgram = (): Command =>
  new Command('keystamp')
    .description('Serves a datastore with versioned pictures over the Qodly / 4D REST API')
    .exitOverride()
    .addCommand(initCommand())
    .addCommand(serveCommand())
    .addCommand(keyCommand())
    .addCommand(syncCommand())
    .addCommand(importCommand())
    .addCommand(exportCommand())
    .addCommand(typesCommand())
    .addCommand(backupCommand())
    .addCommand(restoreCommand())
    .addCommand(fsckCommand());

/** Runs the command that the arguments name; sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = createProgram();
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
