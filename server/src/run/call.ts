// Calls of functions (spec 12 § 10): the target and the parameters are read, the function runs within its time limit,
// what it left open is undone, and its result becomes an answer.
import { fail, KeystampError } from '../errors.ts';
import type { CallContext } from '../orm/call-context.ts';
import { inCall } from '../orm/in-call.ts';
import { type EntityHandle, stateOf } from '../orm/entity-state.ts';
import { packedMembers } from '../orm/members.ts';
import { readAttribute } from '../orm/read-attribute.ts';
import { runFunction } from '../orm/run-function.ts';
import { selectionStateOf } from '../orm/selection-state.ts';
import { runtimeOf, type StoreRuntime } from '../orm/store-runtime.ts';
import { codeError } from '../orm/throw-error.ts';
import type { CallPlan, CallTarget } from '../plan/call-plan.ts';
import { classOfEntity } from '../plan/entity-ref.ts';
import type { SelectionSource } from '../plan/selection-plan.ts';
import { parametersOf } from './call-parameters.ts';
import { resultOf } from './call-result.ts';
import type { Visit } from './context.ts';
import { findKey, missing } from './entity.ts';
import type { CalledOutcome } from './outcome.ts';
import { resolveSource } from './source.ts';

/**
 * @throws KeystampError those of the target and of the parameters; CodeError for what the function throws; 503 when it
 *   takes too long
 */
export function runCall(plan: CallPlan, visit: Visit): Promise<CalledOutcome> {
  const { services, visitor } = visit;
  return inCall({ model: plan.model, services, caller: visitor }, plan.fn.name, (call) => answer(plan, call, visit));
}

async function answer(plan: CallPlan, call: CallContext, visit: Visit): Promise<CalledOutcome> {
  const store = runtimeOf(plan.model);
  const self = await targetOf(plan.on, store, visit);
  const value = await invoke(plan, self, await parametersOf(plan, store, visit), call);
  const { method } = visit.http;
  const byGet = method === 'GET' || method === 'HEAD';
  try {
    const result = await resultOf(value, plan, visit);
    const { pageMessage } = call.state;
    return { kind: 'called', result, byGet, ...(pageMessage && { pageMessage }) };
  } catch (error) {
    // What no answer can be made of is the function's fault.
    throw error instanceof KeystampError ? error : codeError(plan.fn.name, error, []);
  }
}

/** Runs the function; transactions it left open are rolled back, errors that waited are thrown. */
async function invoke(
  { fn }: CallPlan,
  self: unknown,
  parameters: readonly unknown[],
  context: CallContext,
): Promise<unknown> {
  const { deferred } = context.state;
  let value: unknown;
  try {
    value = await runFunction(fn, self, parameters);
  } catch (error) {
    throw codeError(fn.name, error, deferred);
  }
  if (context.isOpen) await context.cancelLeftOpen();
  if (deferred.length > 0) throw codeError(fn.name, undefined, deferred);
  return value;
}

/** What `this` is, or a promise of it. */
function targetOf(on: CallTarget, store: StoreRuntime, visit: Visit): unknown {
  switch (on.kind) {
    case 'dataStore':
      return store.object;
    case 'dataClass':
      return store.dataClassOf(on.dataClass).object;
    case 'singleton':
      return store.singleton(on.singleton);
    case 'selection':
      return selectionTarget(on.source, store, visit);
    case 'entity':
      return entityTarget(on, store, visit);
    default:
      return on satisfies never;
  }
}

async function selectionTarget(source: SelectionSource, store: StoreRuntime, visit: Visit): Promise<unknown> {
  const { dataClass, order } = source.selection;
  const runtime = store.dataClassOf(dataClass);
  const resolved = await resolveSource(source, undefined, visit);
  if (resolved.kind === 'described')
    return runtime.select(resolved.selection.predicate, order.length > 0 ? order : undefined).handle;
  return runtime.listed(packedMembers(resolved.keys), { ordered: true, alterable: false }).handle;
}

/** @throws KeystampError 1543 when the entity, or one that the path leads through, does not exist */
async function entityTarget(
  on: Extract<CallTarget, { kind: 'entity' }>,
  store: StoreRuntime,
  visit: Visit,
): Promise<unknown> {
  const key = on.entity.kind === 'key' ? on.entity.key : await findKey(on.entity, visit);
  const found = key && (await store.dataClassOf(classOfEntity(on.entity)).find(key));
  if (!found) throw missing(on.entity);
  let state = found;
  for (const relation of on.relations) {
    if (relation.kind === 'relatedEntities') {
      const related = selectionStateOf(readAttribute(state, relation));
      const { predicate, order } = on.selection!;
      return related!.narrowed(predicate, order.length > 0 ? order : undefined).handle;
    }
    const next = stateOf(await (readAttribute(state, relation) as Promise<EntityHandle | null>));
    if (!next) throw fail(1543, `${on.entity.text}/${relation.name}`, relation.target.name);
    state = next;
  }
  return state.handle;
}
