// `$catalog`: all classes by name, all in full, or some in full (spec 02 § 1).
import { publicAttribute, publicDataClass, type DataClassDef } from '../model/model.ts';
import type { ApiRequest } from '../request/api-request.ts';
import type { PlanContext } from './context.ts';
import type { CatalogPlan } from './plan.ts';
import { resolveClass } from './target.ts';

/** @throws KeystampError 1800 for the first unknown class of a list */
export function planCatalog({ target, params, mount }: ApiRequest, { model }: PlanContext): CatalogPlan {
  const asked = target.kind === 'catalog' ? target.classes : 'names';
  const all = [...model.dataClasses.values()].filter(
    (dataClass) => publicDataClass(model, dataClass.name) && dataClass.key.every(isVisible),
  );
  const classes = typeof asked === 'string' ? all : asked.map((name) => resolveClass(model, name));
  const below = target.kind === 'catalog' && target.model !== undefined ? `/${encodeURIComponent(model.name)}` : '';
  return {
    kind: 'catalog',
    model,
    catalogUri: `${mount}/$catalog${below}`,
    dataUri: `${mount}${below}`,
    classes,
    detailed: asked !== 'names',
    metadata: params.flag('metadata'),
  };
}

/** A class whose key no client may see has no keys to offer. */
const isVisible = (key: DataClassDef['key'][number]): boolean => publicAttribute(key.owner, key.name) !== undefined;
