// Filter, order and page of a request (spec 05 § 1): what narrows a class or a set.
import type { DataClassDef } from '../model/model.ts';
import { bindFilter } from '../query/bind.ts';
import { readFilter } from '../query/known-filters.ts';
import { parseOrder, type Order } from '../query/order.ts';
import { parseParams, type FilterParams } from '../query/params.ts';
import type { ParsedFilter } from '../query/parse.ts';
import { all, type Predicate } from '../query/predicate.ts';
import type { Selection } from '../query/selection.ts';
import type { ApiRequest, Params } from '../request/api-request.ts';
import type { PlanContext } from './context.ts';

/** Read from left to right, which is not what everybody expects, where it is mixed (DECISIONS P3). */
const parsedFilter = (text: string, { config, onEvent }: PlanContext): ParsedFilter =>
  readFilter(text, config, ({ mixed }) => mixed && onEvent({ kind: 'mixedFilter', filter: text }));

export interface Asked {
  readonly predicate: Predicate;
  readonly order: Order | undefined;
  /** Comparisons in the filter. */
  readonly terms: number;
}

/**
 * A filter and an order, which wins over `order by` inside the filter (spec 04 § 8).
 * @param given values of the placeholders, read when there is a filter
 * @throws KeystampError those of parseFilter, bindFilter and parseOrder
 */
export function askedQuery(
  filter: string | undefined,
  order: string | undefined,
  given: () => FilterParams,
  dataClass: DataClassDef,
  context: PlanContext,
): Asked {
  const parsed = filter === undefined ? undefined : parsedFilter(filter, context);
  const predicate = parsed ? bindFilter(parsed, dataClass, given(), context.config, context.sight) : all;
  const text = order ?? parsed?.order;
  return {
    predicate,
    order: text === undefined ? undefined : parseOrder(text, dataClass, context.config, context.sight),
    terms: parsed?.terms ?? 0,
  };
}

const paramsOfRequest =
  ({ params }: ApiRequest) =>
  (): FilterParams =>
    parseParams(params.get('params'));

/** `$filter` and the order of a request; `reshaped` tells whether there is one of them. */
export function askedSelection(
  request: ApiRequest,
  dataClass: DataClassDef,
  context: PlanContext,
  orderby: string | undefined,
): { selection: Selection; reshaped: boolean } {
  const { params } = request;
  const { predicate, order } = askedQuery(params.get('filter'), orderby, paramsOfRequest(request), dataClass, context);
  return {
    selection: { dataClass, predicate, order: order ?? [] },
    reshaped: predicate.kind !== 'all' || order !== undefined,
  };
}

/** What `$savedfilter` and `$savedorderby` say, when there is one of them (spec 05 § 3.4). */
export function savedSelection(
  request: ApiRequest,
  dataClass: DataClassDef,
  context: PlanContext,
): Selection | undefined {
  const own = (name: 'savedfilter' | 'savedorderby', same: 'filter' | 'orderby'): string | undefined => {
    const text = request.params.get(name);
    // `true` means: the filter or order of this request.
    return text?.toLowerCase() === 'true' ? request.params.get(same) : text;
  };
  const filter = own('savedfilter', 'filter');
  const order = own('savedorderby', 'orderby');
  if (filter === undefined && order === undefined) return undefined;
  const everything = filter === undefined || filter === '' || filter.toLowerCase() === '$all';
  const asked = askedQuery(everything ? undefined : filter, order, paramsOfRequest(request), dataClass, context);
  return { dataClass, predicate: asked.predicate, order: asked.order ?? [] };
}

/** A whole number, negative ones included; anything else is as if it was absent (spec 05 § 2). */
function integer(params: Params, name: 'skip' | 'top' | 'timeout'): number | undefined {
  const text = params.get(name);
  return text !== undefined && /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** `$skip` and `$top`/`$limit` within the server's cap. */
export function askedPage(
  { params }: ApiRequest,
  defaultTop: number,
  { config }: PlanContext,
): { skip: number; top: number } {
  const skip = Math.max(0, integer(params, 'skip') ?? 0);
  const top = integer(params, 'top') ?? defaultTop;
  return { skip, top: top < 0 ? config.maxEntitiesPerPage : Math.min(top, config.maxEntitiesPerPage) };
}

/** `$timeout` in seconds when it is a positive whole number. */
export function askedTimeout({ params }: ApiRequest): number | undefined {
  const seconds = integer(params, 'timeout');
  return seconds !== undefined && seconds > 0 ? seconds : undefined;
}
