// The rules of a class against the values that are to be stored (spec 15 § 5): keys, constraints, what must not be null.
import type { ErrorEntry } from '../errors.ts';
import { isConstrained, violations } from '../model/constraints.ts';
import { isMedia, type StorageDef, type Value } from '../model/model.ts';
import type { Change, MediaChange } from '../store/change.ts';
import { refused, type SaveError } from './save-error.ts';

/** How values are checked, see `WriteContext`. */
interface Checking {
  readonly strict?: boolean;
  readonly violated?: (error: SaveError) => void;
}

/**
 * Key and constraints of a new entity.
 * @throws SaveError 1546; those of checkValues
 */
export function checkNew({ dataClass, values, media }: Change, outer: ErrorEntry, checking: Checking): void {
  if (dataClass.key.some((part) => !part.autosequence && (values.get(part) ?? null) === null))
    throw refused(400, 4, [{ code: 1546, args: [dataClass.name] }, outer]);
  const checked = dataClass.storage.filter(
    (attribute) => !attribute.autosequence && media.get(attribute)?.kind !== 'set',
  );
  checkValues(
    checked.map((attribute) => [attribute, values.get(attribute) ?? null]),
    outer,
    checking,
  );
}

/**
 * The key of a stored entity never changes.
 * @param values those that differ from what is stored
 * @throws SaveError 1544 for null, 1516 for another value
 */
export function checkKeyStays(values: readonly (readonly [StorageDef, Value])[], outer: ErrorEntry): void {
  const rekeyed = values.find(([attribute]) => attribute.primKey);
  if (!rekeyed) return;
  const [{ name, owner }, value] = rekeyed;
  const fault: ErrorEntry = value === null ? { code: 1544, args: [owner.name] } : { code: 1516, args: [name] };
  throw refused(400, 4, [fault, outer]);
}

/**
 * @param values also null for pictures and BLOBs that are removed
 * @throws SaveError with every constraint that is violated, in model order, and 1570
 */
export function checkValues(
  values: readonly (readonly [StorageDef, Value])[],
  outer: ErrorEntry,
  { strict, violated }: Checking,
): void {
  const inOrder = values.toSorted(([a], [b]) => a.owner.storage.indexOf(a) - b.owner.storage.indexOf(b));
  const found = inOrder.flatMap(([attribute, value]) => violations(attribute, value, strict));
  if (found.length === 0) return;
  const error = refused(400, 4, [...found.flatMap(({ entries }) => entries), { code: 1570, args: [] }, outer]);
  if (!violated) throw error;
  violated(error);
}

/** Null for every picture and BLOB that a change removes. */
export const clearedBy = (
  media: Iterable<readonly [StorageDef, MediaChange]>,
): readonly (readonly [StorageDef, null])[] =>
  [...media].filter(([, to]) => to.kind === 'clear').map(([attribute]) => [attribute, null]);

/** Whether `checkValues` has anything to look at. */
export const isChecked = (attribute: StorageDef): boolean => isConstrained(attribute) && !isMedia(attribute);
