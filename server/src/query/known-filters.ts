// Filters by their text: those of an application are few, and come again and again with other values.
import { oncePer } from '../model/once-per.ts';
import { LRUCache } from 'lru-cache';
import type { QueryLimits } from './limits.ts';
import { parseFilter, type ParsedFilter } from './parse.ts';

const keptFilters = 1000;

/** What keeps to one server's limits need not keep to another's. */
const knownIn = oncePer((_limits: QueryLimits) => new LRUCache<string, ParsedFilter>({ max: keptFilters }));

/**
 * The filter that a text says, parsed once.
 * @param onParsed told of a filter that was not known yet
 * @throws KeystampError those of parseFilter
 */
export function readFilter(text: string, limits: QueryLimits, onParsed?: (filter: ParsedFilter) => void): ParsedFilter {
  const filters = knownIn(limits);
  let filter = filters.get(text);
  if (filter) return filter;
  filters.set(text, (filter = parseFilter(text, limits)));
  onParsed?.(filter);
  return filter;
}
