// `$compute` and `$distinct`: values instead of entities (spec 05 §§ 6, 7; 04 § 11).
import { fail } from '../errors.ts';
import { attributeTypes } from '../model/attribute-types.ts';
import { isMedia, shownValue, stepsTo, type DataClassDef } from '../model/model.ts';
import { aggregates, isAggregate, type AggregateName, type ValuePlace } from '../query/aggregate.ts';
import { namedAttribute } from './access.ts';
import type { DataRequest, PlanContext } from './context.ts';
import { nameList } from './name-list.ts';
import type { ComputePlan, DistinctPlan, SelectionSource } from './selection-plan.ts';
import { askedPage } from './selection.ts';

/** The places that the path or `$attributes` name; a relation is none. */
function placesOf(
  { target, params }: DataRequest,
  dataClass: DataClassDef,
  context: PlanContext,
): readonly ValuePlace[] {
  const asked = target.attributes.length > 0 ? target.attributes.join(',') : params.get('attributes');
  return nameList(asked).map((path) => placeOf(path, dataClass, context));
}

/** @throws KeystampError 1500 + 1804 unknown name, 1607 no permission, 1574 no values to compute with */
function placeOf(path: string, dataClass: DataClassDef, context: PlanContext): ValuePlace {
  const [name = '', ...objectPath] = path.split('.');
  const asked = namedAttribute(dataClass, name, context);
  const { shape: attribute, calculated } = (asked && shownValue(asked)) ?? {};
  if (!asked || (objectPath.length > 0 && attribute?.type !== 'object'))
    throw fail(1500, path, dataClass.name).within(1804, path, dataClass.name);
  if (!attribute || isMedia(attribute)) throw fail(1574, path);
  if (attribute.type === 'object' && objectPath.length === 0) throw fail(1574, path);
  return { name: path, steps: stepsTo(asked), attribute, objectPath, ...(calculated && { calculated }) };
}

/**
 * @throws KeystampError 1817 unknown operation, 1816 no attribute, 1574 an operation the attribute does not know
 */
export function planCompute(request: DataRequest, source: SelectionSource, context: PlanContext): ComputePlan {
  const word = (request.params.get('compute') ?? '').toLowerCase();
  const { dataClass } = source.selection;
  const distinct = request.params.flag('distinct');
  const places = placesOf(request, dataClass, context);
  const base = { kind: 'compute', source } as const;
  if (word === '$all' || word === 'all') {
    if (places.length === 0) throw fail(1816);
    return { ...base, places: places.map((place) => ({ place, names: allOf(place, distinct) })), bare: false };
  }
  if (!isAggregate(word)) throw fail(1817, request.params.get('compute') ?? '');
  const name = nameOf(word, distinct);
  const [place] = places;
  if (!place && word !== 'count') throw fail(1816);
  if (place && !knows(place, name)) throw fail(1574, place.name);
  return { ...base, places: place ? [{ place, names: [name] }] : [], bare: true };
}

/** `$distinct=true` turns count, sum and average into those over distinct values. */
function nameOf(word: string, distinct: boolean): AggregateName {
  const name = Object.keys(aggregates).find((known) => known.toLowerCase() === word) as AggregateName;
  const twin = `${name}Distinct`;
  return distinct && isAggregate(twin.toLowerCase()) ? (twin as AggregateName) : name;
}

function allOf(place: ValuePlace, distinct: boolean): readonly AggregateName[] {
  return (Object.keys(aggregates) as AggregateName[]).filter(
    (name) => knows(place, name) && (distinct || !aggregates[name].distinct),
  );
}

function knows({ attribute, objectPath }: ValuePlace, name: AggregateName): boolean {
  const family = objectPath.length > 0 ? 'number' : attributeTypes[attribute.type].family;
  return (aggregates[name].families as readonly string[]).includes(family);
}

/** @throws KeystampError 1816 unless exactly one attribute is named */
export function planDistinct(request: DataRequest, source: SelectionSource, context: PlanContext): DistinctPlan {
  const { dataClass } = source.selection;
  // In `$attributes` the first one counts (spec 05 § 6).
  const [place, second] = placesOf(request, dataClass, context);
  if (!place || (second && request.target.attributes.length > 0)) throw fail(1816);
  return { kind: 'distinct', source, place, ...askedPage(request, context.config.maxEntitiesPerPage, context) };
}
