// `keystamp key …`: API keys for programs (spec 13 § 7).
import { Command, Option } from 'commander';
import { listOf } from '../../setting.ts';
import { addKey, keyTypes, listedKeys, removeKey, type KeyType } from '../../session/stored-api-keys.ts';
import { whichDatabase, wholeNumber, withDatabase, type DatabaseFlags } from '../with-database.ts';

interface AddFlags extends DatabaseFlags {
  readonly type: KeyType;
  readonly role?: string;
  readonly description: string;
  readonly days: number;
  readonly hosts: string;
}

export function keyCommand(): Command {
  const key = new Command('key').description(
    'make, list and remove API keys, which programs send as the header api-key',
  );
  whichDatabase(key.command('add').description('make a key and show it, this once'))
    .option('--role <name>', 'role of the roles file that the key acts as')
    .addOption(
      new Option('--type <type>', 'administration: roles and privileges do not bind it')
        .choices(keyTypes)
        .default('standard'),
    )
    .option('--description <text>', 'what it is for; stands where a user has a name', '')
    .option('--days <number>', 'how long it may be used', wholeNumber('--days'), 365)
    .option('--hosts <list>', 'addresses and networks it may be used from, separated by commas', '')
    .action((flags: AddFlags) =>
      withDatabase(flags, async ({ engine }) => {
        const { type, role, description, days } = flags;
        const hosts = listOf(flags.hosts);
        const made = await addKey(
          engine,
          { type, ...(role !== undefined && { role }), description, days, hosts },
          Date.now(),
        );
        console.log(`${made.key}\n\nThis is shown once. Its id is ${made.id}.`);
      }),
    );
  whichDatabase(key.command('list').description('show the keys there are')).action((flags: DatabaseFlags) =>
    withDatabase(flags, async ({ engine }) => {
      for (const { id, type, role, description, expires, hosts } of await listedKeys(engine))
        console.log(
          [
            id,
            type,
            role ?? '-',
            `until ${new Date(expires).toISOString().slice(0, 10)}${expires <= Date.now() ? ' (over)' : ''}`,
            hosts.length > 0 ? hosts.join(',') : 'any host',
            description,
          ].join('  '),
        );
    }),
  );
  whichDatabase(key.command('remove <id>').description('take a key away; it opens nothing from then on')).action(
    (id: string, flags: DatabaseFlags) =>
      withDatabase(flags, async ({ engine }) => {
        if (!(await removeKey(engine, id.toUpperCase()))) throw new Error(`There is no key ${id}`);
        console.log('Removed');
      }),
  );
  return key;
}
