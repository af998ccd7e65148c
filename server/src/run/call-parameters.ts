// Parameters of a function: objects that stand for entities and entity selections become them (spec 12 § 3).
import { fail } from '../errors.ts';
import type { FunctionDef } from '../model/code-defs.ts';
import {
  isMedia,
  publicDataClass,
  writtenStorage,
  type AttributeDef,
  type CalculatedDef,
  type Json,
  type RelatedEntityDef,
} from '../model/model.ts';
import { hasType, type ParameterDef } from '../model/parameter-type.ts';
import { givenValue, isHeld } from '../orm/calculated-value.ts';
import { assignAttribute } from '../orm/assign-attribute.ts';
import type { EntityState } from '../orm/entity-state.ts';
import type { ClassRuntime } from '../orm/class-runtime.ts';
import { packedMembers } from '../orm/members.ts';
import { selectionStateOf } from '../orm/selection-state.ts';
import type { StoreRuntime } from '../orm/store-runtime.ts';
import type { CallParameters, CallPlan } from '../plan/call-plan.ts';
import { bodyLimits, bodyAtHand, parseParameters, readBytes, textOf } from '../request/body.ts';
import { parseKeyText } from '../request/key-text.ts';
import type { Access } from '../session/access.ts';
import { attributeRefusal, checkDataClass } from '../session/refusal.ts';
import { attributeResource, clientSight, isKey } from '../session/sight.ts';
import { existsStatement } from '../store/sql/write.ts';
import type { Visit } from './context.ts';

type Body = Readonly<Record<string, unknown>>;

const isBody = (value: unknown): value is Body => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The parameters of a call: those that stand for entities and selections are these.
 * @throws KeystampError 1806 for what is no JSON, those of a body, 1001 and 1002 for what is not of the declared types, and
 *   those of parameterOf
 */
export function parametersOf(
  plan: CallPlan,
  store: StoreRuntime,
  visit: Visit,
): readonly unknown[] | Promise<readonly unknown[]> {
  const given = readParameters(plan.parameters, visit);
  if (given instanceof Promise) return given.then((read) => convert(plan, read, store, visit));
  // Nothing is waited for that is there already.
  return !plan.fn.parameters && !given.some(isBody) ? given : convert(plan, given, store, visit);
}

async function convert(
  { fn }: CallPlan,
  given: readonly unknown[],
  store: StoreRuntime,
  visit: Visit,
): Promise<readonly unknown[]> {
  const types = fn.parameters ?? [];
  for (const [i, type] of types.entries()) checkType(fn, i, type, given[i]);
  const found: unknown[] = [];
  for (const value of given) found.push(isBody(value) ? await parameterOf(value, store, visit) : value);
  for (const [i, type] of types.entries())
    if (type.kind === 'selection' && found[i] && selectionStateOf(found[i])?.of.def.name !== type.dataClass)
      throw fail(1002, String(i + 1), fn.name, type.name);
  return found;
}

/** @throws KeystampError 1001, 1002 */
function checkType({ name }: FunctionDef, i: number, type: ParameterDef, value: unknown): void {
  if (type.optional && (value === undefined || value === null)) return;
  if (value === undefined) throw fail(1001, String(i + 1), name);
  if (!hasType(type, value)) throw fail(1002, String(i + 1), name, type.name);
}

function readParameters(
  parameters: CallParameters,
  { http, services }: Visit,
): readonly unknown[] | Promise<readonly unknown[]> {
  const { maxJsonBytes, maxJsonDepth } = services.config;
  if (parameters.kind === 'url') return parseParameters(parameters.text, undefined, maxJsonDepth);
  const { body, headers } = http;
  const parse = (bytes: Buffer): readonly unknown[] =>
    parseParameters(textOf(bytes), headers['content-type'] as string | undefined, maxJsonDepth);
  const bytes = bodyAtHand(body, maxJsonBytes, headers);
  return bytes ? parse(bytes) : readBytes(body, bodyLimits(maxJsonBytes, services.config), headers).then(parse);
}

/** The marks count at the top level of each parameter only. */
function parameterOf(value: Body, store: StoreRuntime, visit: Visit): unknown {
  if (value['__ENTITY'] === true && typeof value['__DATACLASS'] === 'string')
    return entityOf(value['__DATACLASS'], value, store, visit);
  if (value['__ENTITIES'] === true && '__DATASET' in value) return selectionOf(value['__DATASET'], store, visit);
  return value;
}

/** @throws KeystampError 1800 unknown class, 1003 unknown key, and those of a save */
async function entityOf(name: string, body: Body, store: StoreRuntime, visit: Visit): Promise<object> {
  const def = publicDataClass(store.model, name);
  if (!def) throw fail(1800, name);
  const runtime = store.dataClassOf(def);
  const state = await stateFor(runtime, body);
  const calculated = await changingIn(state, body, visit);
  for (const [attributeName, value] of Object.entries(body)) await assign(state, attributeName, value, visit);
  for (const [attribute, value] of calculated) assignAttribute(state, attribute, givenValue(attribute, value));
  const stamp = body['__STAMP'];
  if (state.stored && typeof stamp === 'number' && Number.isSafeInteger(stamp) && stamp > 0)
    state.expectedStamp = stamp;
  return state.handle;
}

/** The stored entity, or a new one: without key, or with one that the key attribute itself gives too. */
async function stateFor(runtime: ClassRuntime, body: Body): Promise<EntityState> {
  const given = body['__KEY'];
  if (given === undefined || given === null || given === '') return runtime.newState();
  const key = runtime.keyOf(runtime.def.key.length > 1 ? partsOf(given) : given);
  const found = key && (await runtime.find(key));
  if (found) return found;
  if (!key || !runtime.def.key.every((part) => body[part.name] !== undefined && body[part.name] !== null))
    throw fail(1003, String(given), runtime.def.name);
  return runtime.newState();
}

const partsOf = (given: unknown): readonly unknown[] =>
  Array.isArray(given) ? (given as unknown[]) : parseKeyText(String(given));

async function assign(state: EntityState, name: string, value: unknown, visit: Visit): Promise<void> {
  if (name.startsWith('__') || name === 'uri') return;
  const { access } = visit;
  const attribute = clientSight(access).attribute(state.def, name);
  if (!attribute) throw fail(1500, name, state.def.name).as(400);
  const storage = writtenStorage(attribute);
  if (attribute.kind !== 'relatedEntity' && !storage) return;
  permitAssigned(state, storage ?? attribute, access);
  if (attribute.kind === 'relatedEntity') {
    // An empty object leaves the relation as it is.
    if (isBody(value) && Object.keys(value).length === 0) return;
    assignAttribute(state, attribute, value);
    return checkTarget(state, attribute, visit);
  }
  // What a client has read of a picture or BLOB means unchanged.
  if (storage && isMedia(storage) && isBody(value) && !('ID' in value)) return;
  assignAttribute(state, attribute, value);
}

/** The calculated attributes with a setter that get another value than they have, as in a save. */
async function changingIn(
  state: EntityState,
  body: Body,
  { access }: Visit,
): Promise<readonly (readonly [CalculatedDef, Json])[]> {
  const changing: (readonly [CalculatedDef, Json])[] = [];
  for (const [name, given] of Object.entries(body)) {
    const attribute = clientSight(access).attribute(state.def, name);
    const value = given as Json;
    if (attribute?.kind !== 'calculated' || !attribute.set) continue;
    if (state.stored && (await isHeld(state, attribute, value))) continue;
    permitAssigned(state, attribute, access);
    changing.push([attribute, value]);
  }
  return changing;
}

/** @throws KeystampError 1558, 1559, 1608 */
function permitAssigned({ stored, def }: EntityState, attribute: AttributeDef, access: Access): void {
  if (access.isOpen || isKey(attribute)) return;
  const action = stored ? 'update' : 'create';
  checkDataClass(access, action, def.name);
  if (!access.may(action, attributeResource(attribute))) throw attributeRefusal(action, def.name, attribute.name);
}

async function checkTarget(state: EntityState, relation: RelatedEntityDef, { services }: Visit): Promise<void> {
  const key = state.values.get(relation.foreignKey) ?? null;
  if (key === null || (await services.engine.row(existsStatement(relation.target, [key])))) return;
  throw fail(1003, String(key), relation.target.name);
}

/** @throws KeystampError 1005 no id, 1006 no such set */
async function selectionOf(id: unknown, store: StoreRuntime, { services, session }: Visit): Promise<object> {
  if (typeof id !== 'string' || id === '') throw fail(1005);
  const name = id.slice(id.lastIndexOf('/') + 1);
  const known = await services.sets.peek(name, session?.id);
  const def = known && publicDataClass(store.model, known.dataClass);
  const set = def && (await services.sets.find(name, def, session?.id));
  if (!set) throw fail(1006, name);
  const members = packedMembers(await services.sets.keys(set));
  const all = store.dataClassOf(def).listed(members, { ordered: true, alterable: false });
  return all.cleaned().handle;
}
