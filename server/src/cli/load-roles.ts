// The roles file of a model: found, read, and refused as a whole when something in it is wrong (spec 14 § 3).
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Config } from '../config.ts';
import type { OnEvent } from '../events.ts';
import type { Model } from '../model/model.ts';
import { readRolesFile } from '../session/roles-file.ts';
import { Roles } from '../session/roles.ts';

/** The value of the setting for a server that is open on purpose. */
const noRoles = 'none';

/**
 * @param folder of the model, where `roles.json` is looked for
 * @throws Error that lists every fault with its path (DECISIONS P11)
 */
export function loadRoles(model: Model, folder: string, config: Config, onEvent: OnEvent): Roles {
  const file = rolesFile(folder, config.roles);
  if (file === undefined) {
    onEvent({ kind: 'unprotected', model: model.name, why: 'there is no roles file: everybody may do everything' });
    return new Roles();
  }
  const name = relative('', file);
  const { file: read, faults, warnings } = readRolesFile(readFileSync(file, 'utf8'), model);
  for (const warning of warnings) onEvent({ kind: 'rolesWarning', file: name, warning });
  if (read) return new Roles(read);
  if (config.rolesErrors === 'refuse') throw new Error(faults.map((fault) => `${name} ${fault}`).join('\n'));
  for (const fault of faults) onEvent({ kind: 'rolesFault', file: name, fault });
  onEvent({ kind: 'unprotected', model: model.name, why: 'its roles file is faulty: everybody may do everything' });
  return new Roles();
}

/** @throws Error when the setting names a file that is not there */
function rolesFile(folder: string, asked: string): string | undefined {
  if (asked === noRoles) return undefined;
  if (asked !== '') {
    if (!existsSync(asked)) throw new Error(`${asked}: there is no such roles file`);
    return resolve(asked);
  }
  const beside = join(folder, 'roles.json');
  return existsSync(beside) ? beside : undefined;
}
