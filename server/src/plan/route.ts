// Which model a request speaks of: the first one served stands at the root, every one stands under its name
// (spec 01 § 2.3).
import { fail } from '../errors.ts';
import { publicDataClass, type Model } from '../model/model.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { inModel } from '../request/path.ts';

export interface Route {
  readonly model: Model;
  /** With the names below the model as target, and the model in the mount. */
  readonly request: ApiRequest;
}

/**
 * @param models at least one
 * @throws KeystampError 1800 when the path names a model that is not served
 */
export function routeRequest(request: ApiRequest, models: readonly Model[]): Route {
  const [first] = models as [Model];
  const { target } = request;
  switch (target.kind) {
    case 'data': {
      // A dataclass goes before a model of the same name.
      if (publicDataClass(first, target.dataClass.name)) return { model: first, request };
      const model = models.find(({ name }) => name === target.dataClass.name);
      const inner = model && inModel(target);
      return inner
        ? { model, request: { ...request, target: inner, mount: under(request, model) } }
        : { model: first, request };
    }
    case 'upload':
    case 'directory':
    case 'info':
    case 'singleton':
    case 'changes':
    case 'release': {
      if (target.model === undefined) return { model: first, request };
      const model = named(target.model, models);
      return { model, request: { ...request, mount: under(request, model) } };
    }
    case 'catalog': {
      if (target.model !== undefined) return { model: named(target.model, models), request };
      const [only, ...others] = typeof target.classes === 'string' ? [] : target.classes;
      if (only === undefined || others.length > 0 || publicDataClass(first, only)) return { model: first, request };
      const model = models.find(({ name }) => name === only);
      return model
        ? { model, request: { ...request, target: { kind: 'catalog', classes: 'names', model: only } } }
        : { model: first, request };
    }
    default:
      return target satisfies never;
  }
}

function named(name: string, models: readonly Model[]): Model {
  const model = models.find((served) => served.name === name);
  if (!model) throw fail(1800, name);
  return model;
}

const under = ({ mount }: ApiRequest, { name }: Model): string => `${mount}/${encodeURIComponent(name)}`;
