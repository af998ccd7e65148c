// Users that are entities of a dataclass (spec 13 § 6.6).
import { allOf, type Predicate } from '../query/predicate.ts';
import type { UserClass } from '../model/code.ts';
import type { DataClassDef, Json, Model, StorageDef } from '../model/model.ts';
import type { DirectoryAnswer } from '../session/directory.ts';
import { verifyPasswordHash } from '../session/password-hash.ts';
import { runtimeOf } from './store-runtime.ts';

/** The user of that name, when the password is theirs. A stranger is refused after the same time as a wrong password. */
export async function findUser(
  users: UserClass,
  model: Model,
  name: string,
  password: string,
): Promise<DirectoryAnswer> {
  const def = model.dataClasses.get(users.dataClass) as DataClassDef;
  const attribute = (given: string): StorageDef => def.attributes.get(given) as StorageDef;
  const user = await runtimeOf(model)
    .dataClassOf(def)
    .select(called(attribute(users.name), name))
    .member(0);
  const held = (given: string | undefined): string | undefined =>
    (given === undefined ? undefined : (user?.value(attribute(given)) as string | null)) ?? undefined;
  if (!(await verifyPasswordHash(password, held(users.passwordHash))) || !user) return false;
  const [fullName, ID, belongsTo] = [held(users.fullName), held(users.ID), held(users.belongsTo)];
  return {
    name: held(users.name) as string,
    ...(fullName !== undefined && { fullName }),
    ...(ID !== undefined && { ID }),
    ...(belongsTo !== undefined && { belongsTo: namesIn(belongsTo, attribute(users.belongsTo as string)) }),
  };
}

/** Exactly that name, found by its index. */
const called = (attribute: StorageDef, name: string): Predicate =>
  allOf(
    { kind: 'test', attribute, test: { kind: 'compare', comparison: '=', value: name } },
    { kind: 'test', attribute, test: { kind: 'identity', values: [name], negated: false } },
  );

/** Names with commas between them, or a list of them. */
function namesIn(held: string, { type }: StorageDef): readonly string[] {
  const names = type === 'object' ? (JSON.parse(held) as Json) : held.split(',');
  return Array.isArray(names) ? names.map((name) => String(name).trim()).filter((name) => name !== '') : [];
}
