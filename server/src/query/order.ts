// Text of `$orderby` → Order: attributes through N→1 relations, paths inside objects (spec 04 § 8).
import { KeystampError, fail } from '../errors.ts';
import {
  isMedia,
  isToMany,
  type CalculatedDef,
  type DataClassDef,
  type RelatedEntityDef,
  type StorageDef,
} from '../model/model.ts';
import type { QueryLimits } from './limits.ts';
import { findAttribute } from './path.ts';
import type { Sight } from './sight.ts';

/** One sort criterion. */
export interface OrderItem {
  /** The N→1 relations to walk, from the ordered dataclass on. */
  readonly steps: readonly RelatedEntityDef[];
  readonly attribute: StorageDef;
  /** Property names inside an object attribute; empty for all other types. */
  readonly objectPath: readonly string[];
  readonly descending: boolean;
  /** The value is worked out by code; `attribute` tells what it is like. Settled before a statement is made. */
  readonly calculated?: CalculatedDef;
}

/** Most significant first. Ties are broken by the key, which is not part of it. */
export type Order = readonly OrderItem[];

const itemPattern = /^([^\s,]+)(?:\s+(asc|desc))?$/i;

/**
 * Reads `lastName desc, employer.name`.
 * @param sight of who asks
 * @throws KeystampError with 1810 as outer line: 404 around 1500 (unknown), 1594 (not sortable), 1574 (a relation, or a
 *   path through a to-many relation); 400 around 1162 (syntax and limits); 1557 and 1607 alone (no permission)
 */
export function parseOrder(text: string, dataClass: DataClassDef, limits: QueryLimits, sight: Sight): Order {
  try {
    if (text.length > limits.maxFilterLength) throw fail(1162, `longer than ${limits.maxFilterLength} characters`);
    const parts = text.trim() === '' ? [] : text.split(',');
    if (parts.length > limits.maxFilterTerms) throw fail(1162, `more than ${limits.maxFilterTerms} attributes`);
    const items = parts.map((part) => parseItem(part.trim(), dataClass, limits, sight));
    const seen = new Set<string>();
    // What has already been ordered by cannot change the order again.
    return items.filter((item) => seen.size < seen.add(nameOf(item)).size);
  } catch (error) {
    // A missing permission is told alone, wherever the name stood.
    if (error instanceof KeystampError && error.status !== 401)
      throw error.within(1810, text.slice(0, 100), dataClass.name);
    throw error;
  }
}

/** Whether code must answer for a part of the order. */
export const isCalculatedOrder = (order: Order): boolean => order.some((item) => item.calculated !== undefined);

const nameOf = ({ steps, attribute, objectPath }: OrderItem): string =>
  JSON.stringify([...steps.map((step) => step.name), attribute.name, ...objectPath]);

function parseItem(text: string, dataClass: DataClassDef, limits: QueryLimits, sight: Sight): OrderItem {
  const found = itemPattern.exec(text);
  const names = found?.[1]?.split('.') ?? [];
  if (names.length === 0 || names.length > limits.maxFilterDepth || names.includes('') || /[{}[\]]/.test(text)) {
    throw fail(1162, `${text.slice(0, 40)} is no attribute with asc or desc`);
  }
  const descending = found?.[2]?.toLowerCase() === 'desc';
  const steps: RelatedEntityDef[] = [];
  let owner = dataClass;
  for (const [at, name] of names.entries()) {
    const attribute = findAttribute(owner, name, 404, sight);
    if (isToMany(attribute)) throw fail(1574, name).as(404);
    if (attribute.kind === 'alias') steps.push(...attribute.steps);
    const end = attribute.kind === 'alias' ? attribute.end : attribute;
    const last = at + 1 === names.length;
    if (end.kind === 'storage') {
      const objectPath = names.slice(at + 1);
      if (objectPath.length > 0 && end.type !== 'object') throw fail(1500, names.slice(at).join('.'), owner.name);
      if ((end.type === 'object' && last) || isMedia(end)) throw fail(1594, name);
      return { steps, attribute: end, objectPath, descending };
    }
    if (end.kind === 'calculated') return calculatedItem(end, steps, names.slice(at), descending);
    if (last) throw fail(1574, name).as(404);
    steps.push(end);
    owner = end.target;
  }
  throw fail(1574, text).as(404);
}

/** @throws KeystampError 1594 for what has no order of its own, and no code for orders */
function calculatedItem(
  calculated: CalculatedDef,
  steps: readonly RelatedEntityDef[],
  [name, next]: readonly string[],
  descending: boolean,
): OrderItem {
  const { result, orderBy, owner } = calculated;
  if (next !== undefined) throw fail(1500, `${name}.${next}`, owner.name);
  const shape = result.kind === 'value' ? result.shape : undefined;
  const sortable = shape && shape.type !== 'object' && !isMedia(shape);
  if (!sortable && !orderBy) throw fail(1594, String(name));
  // What code answers for has no value that anybody looks at.
  return { steps, attribute: shape ?? (owner.key[0] as StorageDef), objectPath: [], descending, calculated };
}
