// Picks the planner: ApiRequest + action → Plan.
import { fail, failHttp } from '../errors.ts';
import { allowedMethods, type Action } from '../request/action.ts';
import type { ApiRequest, Target } from '../request/api-request.ts';
import type { DataRequest, PlanContext } from './context.ts';
import { dataFunction, planCall, singletonFunction, storeFunction } from './call.ts';
import { planCatalog } from './catalog.ts';
import { planChanges } from './changes.ts';
import { planDelete } from './delete.ts';
import { groupOf, planLogin } from './directory.ts';
import { planRemoveMedia, planWriteMedia } from './media.ts';
import type { Plan } from './plan.ts';
import { planLock, planRead, planSubEntitySet } from './read.ts';
import { planSave } from './save.ts';
import { planUpload } from './upload.ts';

/** What a plan may need beside the request line. */
export interface PlanInput {
  readonly contentType?: string;
  /** Reads the body as JSON; `undefined` when it is empty. */
  readonly json: () => Promise<unknown>;
}

/**
 * What will be done for a request.
 * @throws KeystampError for nearly every mistake a client can make
 */
export async function buildPlan(
  request: ApiRequest,
  action: Action,
  input: PlanInput,
  context: PlanContext,
): Promise<Plan> {
  if (action === 'options') return { kind: 'nothing', headers: { Allow: allowedMethods(request.target) } };
  if (action === 'upload') return planUpload(request, input.contentType, context);
  if (action === 'releaseMany') return { kind: 'releaseSets', ids: setIds(await input.json()), strict: false };
  if (action === 'login') return planLogin(request, await input.json());
  if (action === 'belongsTo') return { kind: 'belongsTo', group: groupOf(await input.json()) };
  if (action === 'logout' || action === 'currentUser') return { kind: action };
  if (request.target.kind === 'info') return planInfo(request.target);
  if (request.target.kind === 'singleton') return planCall(request, singletonFunction(request, context), context);
  if (request.target.kind === 'catalog') {
    const called = storeFunction(request, context);
    if (called) return planCall(request, called, context);
    return planCatalog(request, context);
  }
  if (action === 'changes') return planChanges(request, context);
  if (request.target.kind !== 'data') throw failHttp(404);
  const data = request as DataRequest;
  const called = calls.has(action) ? dataFunction(data, context) : undefined;
  if (called) return planCall(data, called, context);
  switch (action) {
    case 'read':
      return planRead(data, false, context, await treeOf(data, input));
    case 'entityset':
      return planRead(data, true, context, await treeOf(data, input));
    case 'subentityset':
      return planSubEntitySet(data, context);
    case 'lock':
      return planLock(data, context);
    case 'release':
      return { kind: 'releaseSets', ids: [data.target.set?.id as string], strict: true };
    case 'update':
      return planSave(data, await input.json(), 'save', context);
    case 'refresh':
    case 'validate':
      return planSave(data, await input.json(), action, context);
    case 'callOrWriteMedia': {
      const media = planWriteMedia(data, input.contentType, context);
      return media ?? planSave(data, await input.json(), 'save', context);
    }
    case 'delete':
      return planDelete(data, await input.json(), context);
    case 'removeMedia':
      return planRemoveMedia(data, context);
    case 'nothing':
      return { kind: 'nothing' };
    case 'catalog':
    case 'call':
    case 'info':
    case 'releaseSessions':
      throw fail(1813, action);
    default:
      return action satisfies never;
  }
}

const planInfo = ({ part, release }: Target & { readonly kind: 'info' }): Plan =>
  release ? { kind: 'releaseSessions', ids: release } : { kind: 'info', ...(part && { part }) };
/** What may turn out to be a call of a function. */
const calls: ReadonlySet<Action> = new Set<Action>(['read', 'entityset', 'subentityset', 'call', 'callOrWriteMedia']);

/** The attribute tree in the body of a POST with `$extendedAttributes`. */
async function treeOf({ method, params }: DataRequest, input: PlanInput): Promise<unknown> {
  return (method === 'POST' || method === 'PUT') && params.flag('extendedAttributes') ? await input.json() : undefined;
}

/** @throws KeystampError 1806 when the body is no array of ids */
function setIds(body: unknown): readonly string[] {
  if (!Array.isArray(body) || !body.every((id) => typeof id === 'string'))
    throw fail(1806, 'the body is not an array of entity set ids');
  return body;
}
