// The dispatch of spec 01 § 4: HTTP method, parameters and target → one word for what is asked.
//
// What needs the model is left to the plan: `read` of a path whose last step is a function is a call by GET, of an image
// or BLOB with $imageformat or $binary it gives bytes; `entityset` on a function applies to its result;
// `callOrWriteMedia` is named after its two outcomes. A path read by `inModel` has its own action: ask again.
import { fail, failHttp } from '../errors.ts';
import type { ApiRequest, DirectoryAsk, Target } from './api-request.ts';
import { excerpt } from './malformed.ts';

/** All actions; the text says what each asks for. */
export const actions = {
  options: 'which methods are allowed here; the HTTP edge answers preflights before',
  catalog: 'descriptions of dataclasses',
  read: 'entities, values, bytes or a computation; a POST with $extendedAttributes has its attributes in the body',
  entityset: 'a read whose result is kept as an entity set',
  subentityset: 'a to-many relation of one entity as an entity set, or a page of a stored set',
  release: 'end of the entity set of the path',
  releaseMany: 'end of the entity sets listed in the body',
  lock: 'lock or, when the flag is false, unlock one entity',
  update: 'save the entities of the body, or of the path with the values of the body',
  refresh: 'compute the entities of the body without saving them',
  validate: 'check the entities of the body without saving them',
  delete: 'delete what the path, the filter or the body names; by GET only where the dialect allows it',
  removeMedia: 'set one image or BLOB to null',
  changes: 'the changes of tracked dataclasses, as they happen',
  upload: 'keep the bytes of the body for a later save',
  call: 'run the function named by $emMethod, of the datastore in $catalog/{function}, or of a $singleton',
  callOrWriteMedia:
    'last step a function: call it; one image or BLOB of one entity: store the bytes of the body; else update',
  login: 'log in with the name and password of the headers or the body',
  logout: 'end the session',
  currentUser: 'who is logged in',
  belongsTo: 'does the user hold a role or privilege',
  info: 'state of the server and its sessions',
  releaseSessions: 'end the sessions of the path',
  nothing: 'answered with {"ok":true}',
} as const satisfies Record<string, string>;

export type Action = keyof typeof actions;

interface MethodWord {
  readonly action: Action;
  /** HTTP methods it goes with; $method outranks the verb among these. */
  readonly verbs: readonly ApiRequest['method'][];
}

const reading: MethodWord['verbs'] = ['GET', 'HEAD', 'POST', 'PUT'];
const writing: MethodWord['verbs'] = ['POST', 'PUT', 'PATCH'];
const posting: MethodWord['verbs'] = ['POST', 'PUT'];

/** The values of `$method`, lower case. */
const methodWords = new Map<string, MethodWord>([
  ['update', { action: 'update', verbs: writing }],
  ['create', { action: 'update', verbs: posting }],
  ['insert', { action: 'update', verbs: posting }],
  ['validate', { action: 'validate', verbs: posting }],
  ['delete', { action: 'delete', verbs: ['GET', 'POST', 'PUT', 'DELETE'] }],
  ['entityset', { action: 'entityset', verbs: reading }],
  ['subentityset', { action: 'subentityset', verbs: reading }],
  ['release', { action: 'release', verbs: ['GET', 'POST', 'PUT'] }],
  ['retrieve', { action: 'read', verbs: reading }],
  ['refresh', { action: 'nothing', verbs: ['GET', 'POST', 'PUT'] }],
  ['flush', { action: 'nothing', verbs: ['GET', 'POST', 'PUT'] }],
]);

const allowed = {
  catalog: 'GET, HEAD, POST, OPTIONS',
  upload: 'POST, OPTIONS',
  changes: 'GET, OPTIONS',
  release: 'POST, OPTIONS',
  directory: 'GET, POST, OPTIONS',
  info: 'GET, HEAD, POST, OPTIONS',
  singleton: 'GET, HEAD, POST, OPTIONS',
  data: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
} as const satisfies Record<Target['kind'], string>;

/** What each request to the directory does, and the methods it goes with. */
const directoryActions: Record<DirectoryAsk, MethodWord> = {
  login: { action: 'login', verbs: ['POST'] },
  loginByKey: { action: 'login', verbs: ['POST'] },
  logout: { action: 'logout', verbs: ['GET', 'POST'] },
  currentUser: { action: 'currentUser', verbs: ['GET', 'POST'] },
  currentUserBelongsTo: { action: 'belongsTo', verbs: ['POST'] },
};

/** The methods that a target of that kind takes, as the header `Allow` lists them. */
export const allowedMethods = (target: Target): string => allowed[target.kind];

/**
 * What the request asks for.
 * @throws KeystampError 1812 unknown `$method`, 1813 known but not applicable here, 405 with `Allow`
 */
export function actionOf(request: ApiRequest): Action {
  const { method, target, params } = request;
  if (method === 'OPTIONS') return 'options';
  switch (target.kind) {
    case 'catalog':
      if (method === 'GET' || method === 'HEAD') return 'catalog';
      if (isPost(method) && Array.isArray(target.classes) && target.classes.length === 1) return 'call';
      throw failHttp(405, undefined, { Allow: allowed.catalog });
    case 'singleton':
      if (method === 'GET' || method === 'HEAD' || isPost(method)) return 'call';
      throw failHttp(405, undefined, { Allow: allowed.singleton });
    case 'changes':
      if (method !== 'GET') throw failHttp(405, undefined, { Allow: allowed.changes });
      return 'changes';
    case 'upload':
    case 'release':
      if (method !== 'POST') throw failHttp(405, undefined, { Allow: allowed[target.kind] });
      return target.kind === 'upload' ? 'upload' : 'releaseMany';
    case 'directory': {
      const { action, verbs } = directoryActions[target.ask];
      if (!verbs.includes(method)) throw failHttp(405, undefined, { Allow: `${verbs.join(', ')}, OPTIONS` });
      return action;
    }
    case 'info': {
      const releases = target.release !== undefined;
      const verbs: MethodWord['verbs'] = releases ? ['POST'] : ['GET', 'HEAD', 'POST'];
      if (!verbs.includes(method)) throw failHttp(405, undefined, { Allow: `${verbs.join(', ')}, OPTIONS` });
      return releases ? 'releaseSessions' : 'info';
    }
    case 'data':
      break;
    default:
      return target satisfies never;
  }
  const word = params.get('method') || undefined;
  const asked = word === undefined ? undefined : methodAction(request, word);
  if (params.get('emMethod') && canCall(method) && (asked === undefined || selects(asked))) return 'call';
  if (asked !== undefined) return asked;
  switch (method) {
    case 'HEAD':
    case 'GET':
      if (!params.has('lock')) return 'read';
      if (method === 'HEAD') throw fail(1813, '$lock by HEAD');
      return 'lock';
    case 'POST':
    case 'PUT':
      if (params.flag('extendedAttributes')) return 'read';
      return target.steps.length === 0 ? 'update' : 'callOrWriteMedia';
    case 'PATCH':
      return 'update';
    case 'DELETE':
      if (target.steps.length === 0) return 'delete';
      if (target.attributes.length !== 1) throw fail(1813, 'DELETE');
      return 'removeMedia';
    default:
      return method satisfies never;
  }
}

function methodAction(request: ApiRequest, value: string): Action {
  const word = methodWords.get(value.trim().toLowerCase());
  if (!word) throw fail(1812, excerpt(value));
  if (!word.verbs.includes(request.method)) throw fail(1813, `$method=${value} by ${request.method}`);
  if (word.action === 'update' && request.params.flag('refresh')) return 'refresh';
  if (word.action === 'release' && request.target.kind === 'data' && request.target.set?.id === undefined)
    throw fail(1813, `$method=${value} without an entity set`);
  return word.action;
}

const isPost = (method: string): boolean => method === 'POST' || method === 'PUT';
const canCall = (method: string): boolean => method === 'GET' || isPost(method);
const selects = (action: Action): boolean => action === 'read' || action === 'entityset' || action === 'subentityset';
