// Filters by their text: those of an application are few, and come again and again with other values.
import { LRUCache } from 'lru-cache';
import type { QueryLimits } from './limits.ts';
import { parseFilter, type ParsedFilter } from './parse.ts';

const keptFilters = 1000;

/** What keeps to one server's limits need not keep to another's. */
const known = new WeakMap<QueryLimits, LRUCache<string, ParsedFilter>>();

/**
 * The filter that a text says, parsed once.
 * @param onParsed told of a filter that was not known yet
 * @throws KeystampError those of parseFilter
 */
export function readFilter(text: string, limits: QueryLimits, onParsed?: (filter: ParsedFilter) => void): ParsedFilter {
  let filters = known.get(limits);
  if (!filters) known.set(limits, (filters = new LRUCache({ max: keptFilters })));
  let filter = filters.get(text);
  if (filter) return filter;
  filters.set(text, (filter = parseFilter(text, limits)));
  onParsed?.(filter);
  return filter;
}
