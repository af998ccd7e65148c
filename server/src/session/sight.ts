// What an `Access` lets its holder see of the model (spec 14 §§ 4.3 to 4.6, 5).
import type { KeystampError } from '../errors.ts';
import type { FunctionDef } from '../model/code-defs.ts';
import { relatedClass, type AttributeDef, type DataClassDef } from '../model/model.ts';
import { oncePer } from '../model/once-per.ts';
import { exposedSight, serverSight, type Sight } from '../query/sight.ts';
import { datastoreName, type Access, type Resource } from './access.ts';
import { attributeRefusal, dataClassRefusal } from './refusal.ts';

/** As the roles file names it. */
export const dataClassResource = ({ name }: DataClassDef): Resource => ({ kind: 'dataclass', name });

/** As the roles file names it. */
export const attributeResource = ({ owner, name }: AttributeDef): Resource => ({
  kind: 'attribute',
  dataClass: owner.name,
  name,
});

/** A function of the datastore, of a dataclass with its selections and entities, or of a singleton. */
export function functionResource({
  level,
  owner = datastoreName,
  name,
}: FunctionDef): Resource & { readonly kind: 'method' | 'singletonMethod' } {
  return { kind: level === 'singleton' ? 'singletonMethod' : 'method', owner, name };
}

/** Keys are told with every entity, so they need no permission of their own (spec 14 § 4.6). */
export const isKey = (attribute: AttributeDef): boolean => attribute.kind === 'storage' && attribute.primKey;

class AccessSight implements Sight {
  readonly #access: Access;
  readonly #known: Sight;

  constructor(access: Access, known: Sight) {
    this.#access = access;
    this.#known = known;
  }

  attribute(dataClass: DataClassDef, name: string): AttributeDef | undefined {
    const attribute = this.#known.attribute(dataClass, name);
    if (!attribute) return undefined;
    const target = relatedClass(attribute);
    if (target && this.#access.isSecret(dataClassResource(target))) return undefined;
    const resource = isKey(attribute) ? dataClassResource(dataClass) : attributeResource(attribute);
    return this.#access.isSecret(resource) ? undefined : attribute;
  }

  refusal(attribute: AttributeDef, walks: boolean): KeystampError | undefined {
    const access = this.#access;
    const { owner, name } = attribute;
    if (!access.may('read', dataClassResource(owner))) return dataClassRefusal('read', owner.name);
    if (!isKey(attribute) && !access.may('read', attributeResource(attribute)))
      return attributeRefusal('read', owner.name, name);
    const target = relatedClass(attribute);
    if (!target) return undefined;
    const resource = dataClassResource(target);
    if (access.may('read', resource) || (!walks && access.may('describe', resource))) return undefined;
    return dataClassRefusal('read', target.name);
  }
}

const sightsOf = oncePer((access: Access) =>
  access.isOpen
    ? { client: exposedSight, server: serverSight }
    : { client: new AccessSight(access, exposedSight), server: new AccessSight(access, serverSight) },
);

/** Of a request: what the model exposes and the privileges allow. */
export const clientSight = (access: Access): Sight => sightsOf(access).client;

/** Of a function that runs with these privileges: what is not exposed too. */
export const functionSight = (access: Access): Sight => sightsOf(access).server;
