// Calls of functions (spec 12): which function a request names, on what it runs, and with which parameters.
import { fail } from '../errors.ts';
import type { FunctionDef, FunctionMap } from '../model/code-defs.ts';
import { type AttributeDef, publicAttribute, type DataClassDef, type RelationDef } from '../model/model.ts';
import type { Columns } from '../query/columns.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { checkExecute } from '../session/refusal.ts';
import { functionResource } from '../session/sight.ts';
import { namedAttribute, resolveClass } from './access.ts';
import type { DataRequest, PlanContext } from './context.ts';
import { nameList } from './name-list.ts';
import type { CallPlan, CallTarget } from './call-plan.ts';
import type { EntityRef } from './entity-ref.ts';
import { askedPage, askedSelection, askedTimeout } from './selection.ts';
import { sourceOf } from './source.ts';
import { resolveEntity } from './target.ts';

/** A function that the request names, and what it runs on. */
export interface Called {
  readonly fn: FunctionDef;
  readonly on: CallTarget;
  /** The class that the path starts from, when the list in `$expand` names its attributes. */
  readonly from?: DataClassDef;
}

/** Functions that are not exposed, or are kept secret from the asker, are as if they did not exist (spec 12 § 1.1). */
function exposed(functions: FunctionMap, name: string, { access }: PlanContext): FunctionDef | undefined {
  const found = functions.get(name);
  return found?.exposed && !access.isSecret(functionResource(found)) ? found : undefined;
}

/**
 * The function of the datastore in `$catalog/{fn}`, nothing when the request asks for the catalog.
 * @throws KeystampError 1827 for a POST that names no function
 */
export function storeFunction({ target, method }: ApiRequest, context: PlanContext): Called | undefined {
  const [name, ...others] =
    target.kind === 'catalog' && Array.isArray(target.classes) ? (target.classes as string[]) : [];
  const fn = name !== undefined && others.length === 0 ? exposed(context.model.functions, name, context) : undefined;
  if (fn) return { fn, on: { kind: 'dataStore' } };
  if (method === 'GET' || method === 'HEAD') return undefined;
  throw fail(1827, name ?? '');
}

/** @throws KeystampError 1827 */
export function singletonFunction({ target }: ApiRequest, context: PlanContext): Called {
  const { name, fn: asked } = target as Extract<ApiRequest['target'], { kind: 'singleton' }>;
  const singleton = context.model.singletons.get(name);
  const fn = singleton && exposed(singleton.functions, asked, context);
  if (!singleton || !fn) throw fail(1827, `${name}.${asked}`);
  return { fn, on: { kind: 'singleton', singleton } };
}

/**
 * The function that `$emMethod` or the last step of the path names, nothing when the path ends in something else.
 * @throws KeystampError 1500 + 1804 for an `$emMethod` that does not exist, 1813 for a filter on one entity
 */
export function dataFunction(request: DataRequest, context: PlanContext): Called | undefined {
  const { target, params } = request;
  const named = params.get('emMethod');
  const name = named ?? target.steps.at(-1);
  if (name === undefined) return undefined;
  const dataClass = resolveClass(context, target.dataClass.name);
  const steps = named === undefined ? target.steps.slice(0, -1) : target.steps;
  const found = functionAt(request, dataClass, steps, name, context);
  if (!found && named !== undefined) throw fail(1500, name, dataClass.name).within(1804, name, dataClass.name);
  return found;
}

function functionAt(
  request: DataRequest,
  dataClass: DataClassDef,
  steps: readonly string[],
  name: string,
  context: PlanContext,
): Called | undefined {
  const { target } = request;
  const entity = target.set ? undefined : resolveEntity(target, dataClass, context);
  if (entity) return onEntity(request, dataClass, entity, steps, name, context);
  if (steps.length > 0 || target.set?.member) return undefined;
  const fn = exposed(dataClass.selectionFunctions, name, context);
  if (fn)
    return {
      fn,
      on: { kind: 'selection', source: sourceOf(request, dataClass, context, request.params.get('orderby')) },
    };
  // The class itself only where nothing chooses among its entities (spec 12 § 2 form 2).
  const whole = !target.set && !target.dataClass.key && !request.params.has('filter') && !request.params.has('orderby');
  const own = whole ? exposed(dataClass.functions, name, context) : undefined;
  return own && { fn: own, on: { kind: 'dataClass', dataClass } };
}

function onEntity(
  request: DataRequest,
  dataClass: DataClassDef,
  entity: EntityRef,
  steps: readonly string[],
  name: string,
  context: PlanContext,
): Called | undefined {
  const relations = relationsAt(dataClass, steps, context);
  if (!relations) return undefined;
  const last = relations.at(-1);
  const from = relations.length > 0 ? { from: dataClass } : {};
  if (last?.kind === 'relatedEntities') {
    const fn = exposed(last.target.selectionFunctions, name, context);
    if (!fn) return undefined;
    const { params } = request;
    const { selection } = askedSelection(
      request,
      last.target,
      context,
      params.get('subOrderby') ?? params.get('orderby'),
    );
    return { fn, on: { kind: 'entity', entity, relations, selection }, ...from };
  }
  const fn = exposed((last?.target ?? dataClass).entityFunctions, name, context);
  if (!fn) return undefined;
  for (const param of ['filter', 'orderby'] as const) if (request.params.has(param)) throw fail(1813, `$${param}`);
  return { fn, on: { kind: 'entity', entity, relations }, ...from };
}

/** The relations that the steps walk, N→1 ones and at the end perhaps a 1→N one; nothing when they name something else. */
function relationsAt(
  dataClass: DataClassDef,
  steps: readonly string[],
  context: PlanContext,
): readonly RelationDef[] | undefined {
  const relations: RelationDef[] = [];
  let owner = dataClass;
  for (const step of steps) {
    const attribute = namedAttribute(owner, step, context);
    const walked = attribute && relationsOf(attribute);
    if (!walked || relations.at(-1)?.kind === 'relatedEntities') return undefined;
    relations.push(...walked);
    owner = (walked.at(-1) as RelationDef).target;
  }
  return relations;
}

/** The relations that an attribute stands for: itself, or those of an alias that ends in an N→1 relation. */
function relationsOf(attribute: AttributeDef): readonly RelationDef[] | undefined {
  if (attribute.kind === 'relatedEntity' || attribute.kind === 'relatedEntities') return [attribute];
  if (attribute.kind !== 'alias' || attribute.many || attribute.end.kind !== 'relatedEntity') return undefined;
  return [...attribute.steps, attribute.end];
}

/**
 * The order of the steps is that of spec 12 § 10: found, verb, permission, and only then are the parameters read.
 * @throws KeystampError 1829 by GET without `onHttpGet`, 1561 no permission
 */
export function planCall(request: ApiRequest, { fn, on, from }: Called, context: PlanContext): CallPlan {
  const { method, params } = request;
  const byGet = method === 'GET' || method === 'HEAD';
  if (byGet && !fn.onHttpGet) throw fail(1829, fn.name).with({ Allow: 'POST' });
  checkExecute(context.access, functionResource(fn));
  const { skip, top } = askedPage(request, 0, context);
  const timeoutSeconds = askedTimeout(request);
  return {
    kind: 'call',
    model: context.model,
    fn,
    on,
    parameters: byGet ? { kind: 'url', text: params.get('params') ?? '' } : { kind: 'body' },
    columns: oncePerClass((dataClass) => context.columns(resultRequest(request, dataClass, from), dataClass, [])),
    skip,
    ...(params.has('top') && { top }),
    keep: params.get('method')?.trim().toLowerCase() === 'entityset',
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
  };
}

/** Plans are kept, and most functions give the same class again and again. */
function oncePerClass(columnsOf: CallPlan['columns']): CallPlan['columns'] {
  const known = new Map<DataClassDef, Columns>();
  return (dataClass) => {
    let columns = known.get(dataClass);
    if (!columns) known.set(dataClass, (columns = columnsOf(dataClass)));
    return columns;
  };
}

/**
 * The lists of a request as they apply to a result. An `$expand` that says which relation the path means is not for
 * results of another class (spec 12 § 2.2).
 */
function resultRequest(request: ApiRequest, dataClass: DataClassDef, from: DataClassDef | undefined): ApiRequest {
  const { params } = request;
  if (!from || from === dataClass || !params.has('expand')) return request;
  const expand = nameList(params.get('expand')).filter(
    (name) => publicAttribute(from, name.split(/[.:]/)[0] ?? '') === undefined,
  );
  const get: typeof params.get = (name) => (name === 'expand' ? expand.join(',') || undefined : params.get(name));
  const { has, count, flag } = params;
  const own = { get, has: has.bind(params), count: count.bind(params), flag: flag.bind(params) };
  return { ...request, params: own };
}
