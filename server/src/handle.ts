// The conductor: HttpRequest → ApiRequest → Plan → Outcome → HttpReply.
import { LRUCache } from 'lru-cache';
import { fail, KeystampError } from './errors.ts';
import type { OnEvent } from './events.ts';
import { mountsOf, type Config } from './config.ts';
import { listOf } from './setting.ts';
import type { Model } from './model/model.ts';
import { CodeError } from './orm/throw-error.ts';
import { buildPlan } from './plan/build.ts';
import { PlanContexts } from './plan/context.ts';
import type { Plan } from './plan/plan.ts';
import { routeRequest } from './plan/route.ts';
import { replyError } from './reply/error.ts';
import type { HttpReply } from './reply/http-reply.ts';
import { reply } from './reply/reply.ts';
import { actionOf, type Action } from './request/action.ts';
import type { ApiRequest } from './request/api-request.ts';
import { bodyLimits, parseJsonBody, readBytes, textOf } from './request/body.ts';
import type { HttpRequest } from './request/http-request.ts';
import { checkGuest } from './request/force-login.ts';
import { checkOrigin } from './request/origin.ts';
import { mountOf, parseRequest } from './request/parse.ts';
import { logInByHeaders } from './run/login.ts';
import { isLogin } from './run/login-call.ts';
import type { Access } from './session/access.ts';
import { Visit, type Services } from './run/context.ts';
import type { Outcome } from './run/outcome.ts';
import { runPlan } from './run/run.ts';

export type Handler = (http: HttpRequest) => Promise<HttpReply>;

const keptPlans = 5000;
const longestKeptUrl = 1000;

/** A model and the parts that serve it. */
export interface Served {
  readonly model: Model;
  readonly services: Services;
}

/** What is asked, of which model. */
interface Asked {
  readonly request: ApiRequest;
  readonly action: Action;
  readonly services: Services;
  readonly contexts: PlanContexts;
  readonly forcesLogin: boolean;
}

/** @param served the models; the first one stands at the root (spec 01 § 2.3) */
export function createHandler(served: readonly Served[], config: Config, onEvent: OnEvent): Handler {
  const models = served.map(({ model }) => model);
  const parts = new Map(
    served.map(({ model, services }) => {
      const { roles } = services;
      const forcesLogin = roles.forceLogin ?? config.forceLogin;
      const guest = forcesLogin || config.apiKeys === 'required' ? undefined : roles.guest;
      return [model, { services, contexts: new PlanContexts(model, config, onEvent, guest), forcesLogin }];
    }),
  );
  const mounts = mountsOf(config);
  const jsonLimits = bodyLimits(config.maxJsonBytes, config);
  const origins = new Set(listOf(config.corsOrigins));
  /**
   * What a GET asks, and a POST that calls a function, depends on its URL alone, and the same pictures are asked for again
   * and again.
   */
  const known = new LRUCache<string, Asked>({ max: keptPlans });
  /** What will be done for it depends on what its asker may do, too. */
  const plans = new LRUCache<string, Plan>({ max: keptPlans });

  /** @throws KeystampError for mistakes in the request line, and 403 for a change that another site asks for */
  function ask(http: HttpRequest): Asked {
    const asked = parseRequest(http.method, http.url, mountOf(http.url, mounts), config);
    const { model, request } = routeRequest(asked, models);
    const action = actionOf(request);
    checkOrigin(http, action, origins);
    return { request, action, ...parts.get(model)! };
  }

  async function planOf(asked: Asked, http: HttpRequest, access: Access): Promise<Plan> {
    const { request, action, contexts } = asked;
    const contentType = http.headers['content-type'];
    const plan = await buildPlan(
      request,
      action,
      {
        ...(contentType !== undefined && { contentType: String(contentType) }),
        json: () => readJson(http, action),
      },
      contexts.of(access),
    );
    if (isKept(plan, http) && http.url.length <= longestKeptUrl) {
      const name = nameOf(http);
      known.set(name, asked);
      plans.set(access.planKey + name, plan);
    }
    return plan;
  }

  /** A delete names its entities in the URL or in the body, so its body may be empty (spec 06 § 5). */
  async function readJson(http: HttpRequest, action: Action): Promise<unknown> {
    const bytes = await readBytes(http.body, jsonLimits, http.headers);
    return bytes.length === 0 && mayBeEmpty.has(action)
      ? undefined
      : parseJsonBody(textOf(bytes), http.headers['content-type'] as string | undefined, config.maxJsonDepth);
  }

  /** The reply to what cannot be done; faults of the server and of the author's code are logged. */
  function refuse(error: unknown, { method, url }: HttpRequest): HttpReply {
    const refused = replyError(error, config.dialect);
    if (error instanceof CodeError) onEvent({ kind: 'functionThrew', name: error.functionName, cause: error.cause });
    else if (!(error instanceof KeystampError) || refused.status === 500)
      onEvent({ kind: 'failed', method, url, cause: error });
    return refused;
  }

  return async function handle(http) {
    const begun = performance.now();
    let visit: Visit | undefined;
    let made: HttpReply;
    try {
      // Nothing is waited for that is there already.
      const name = nameOf(http);
      const kept = known.get(name);
      if (kept) checkOrigin(http, kept.action, origins);
      const asked = kept ?? ask(http);
      const begin = Visit.begin(http, asked.services);
      visit = begin instanceof Promise ? await begin : begin;
      const login = asked.action === 'login' ? undefined : logInByHeaders(visit);
      if (login) await login;
      const { access } = visit;
      const mustLogIn = asked.forcesLogin && visit.identity.kind === 'guest';
      if (mustLogIn) checkGuest(asked);
      const plan = (kept && plans.get(access.planKey + name)) ?? (await planOf(asked, http, access));
      // A page asks for many pictures at once.
      if (plan.kind !== 'media') visit.visitor.enter();
      if (mustLogIn) checkGuestCall(plan);
      let outcome: Outcome;
      try {
        const run = runPlan(plan, visit);
        outcome = run instanceof Promise ? await run : run;
      } finally {
        // What code has changed of the session holds although it failed afterwards.
        if (visit.visitor.isUnsettled) await visit.visitor.settle();
      }
      made = reply(plan, outcome, asked.request.mount, config);
    } catch (error) {
      made = refuse(error, http);
    } finally {
      visit?.visitor.finish((cause) => onEvent({ kind: 'sweepFailed', cause }));
    }
    const { method, url } = http;
    onEvent({ kind: 'answered', method, url, status: made.status, milliseconds: performance.now() - begun });
    return visit ? withCookie(made, visit) : made;
  };
}

/** Bodies that say what the URL or the headers may say as well. */
const mayBeEmpty: ReadonlySet<Action> = new Set<Action>(['delete', 'login']);

/** Plans that hold nothing large, and nothing of a body. */
const isKept = (plan: Plan, { method }: HttpRequest): boolean =>
  plan.kind === 'call'
    ? method === 'GET' || method === 'POST'
    : method === 'GET' && (plan.kind === 'media' || plan.kind === 'readEntity' || plan.kind === 'readSelection');

/** The name that what a request asks is kept under. */
const nameOf = ({ method, url }: HttpRequest): string => (method === 'GET' ? url : `${method} ${url}`);

/**
 * Functions of the datastore that are called by GET look like a question about the catalog (spec 12 § 9).
 * @throws KeystampError 1822
 */
function checkGuestCall(plan: Plan): void {
  if (plan.kind === 'call' && !isLogin(plan)) throw fail(1822);
}

/** An answer that shared caches may keep never carries a session (spec 10 § 9.10). */
function withCookie(made: HttpReply, visit: Visit): HttpReply {
  if (!visit.session || /\bpublic\b/i.test(String(made.headers['Cache-Control']))) return made;
  const headers = visit.visitor.cookieHeaders(visit.http);
  return headers ? { ...made, headers: { ...made.headers, ...headers } } : made;
}
