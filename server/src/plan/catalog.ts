// `$catalog`: all classes by name, all in full, or some in full (spec 02 § 1); `$openapi`: the same for other tools.
import { fail } from '../errors.ts';
import { publicAttribute, publicDataClass, type DataClassDef } from '../model/model.ts';
import type { ApiRequest } from '../request/api-request.ts';
import type { PlanContext } from './context.ts';
import type { CatalogPlan, CatalogSight } from './catalog-plan.ts';
import { catalogSight, resolveClass } from './access.ts';

/** @throws KeystampError 1800 for the first unknown class of a list */
export function planCatalog({ target, params, mount }: ApiRequest, context: PlanContext): CatalogPlan {
  const { model } = context;
  const sight = catalogSight(context);
  const asked = target.kind === 'catalog' ? target.classes : 'names';
  const all = [...model.dataClasses.values()].filter(
    (dataClass) =>
      publicDataClass(model, dataClass.name) && dataClass.key.every(isVisible) && sight.showsClass(dataClass),
  );
  const classes = typeof asked === 'string' ? all : asked.map((name) => describedClass(context, sight, name));
  const below = target.kind === 'catalog' && target.model !== undefined ? `/${encodeURIComponent(model.name)}` : '';
  return {
    kind: 'catalog',
    model,
    catalogUri: `${mount}/$catalog${below}`,
    dataUri: `${mount}${below}`,
    classes,
    sight,
    form: asked === 'names' || asked === 'openapi' ? asked : 'full',
    metadata: params.flag('metadata'),
  };
}

/** @throws KeystampError 1800 also for a class that the asker may not have described (spec 14 § 4.5) */
function describedClass(context: PlanContext, sight: CatalogSight, name: string): DataClassDef {
  const dataClass = resolveClass(context, name);
  if (!sight.showsClass(dataClass)) throw fail(1800, name);
  return dataClass;
}

/** A class whose key no client may see has no keys to offer. */
const isVisible = (key: DataClassDef['key'][number]): boolean => publicAttribute(key.owner, key.name) !== undefined;
