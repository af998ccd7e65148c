// Values of calculated attributes: runs the code, and takes what it returns as a value of the attribute's type (spec 15 § 7).
import { fail, KeystampError } from '../errors.ts';
import { acceptValue } from '../model/accept-value.ts';
import { assignValue, printedType } from '../model/attribute-types.ts';
import { isMedia, type CalculatedDef, type Json, type StorageDef, type Value } from '../model/model.ts';
import { currentCall } from './current-call.ts';
import { type EntityState, stateOf } from './entity-state.ts';
import { jsonOf } from './json-of.ts';
import { readAttribute, valueForCode } from './read-attribute.ts';
import { thrownError } from './event-error.ts';
import { MediaBytes } from './media-value.ts';
import { selectionStateOf, type SelectionState } from './selection-state.ts';

export type CalculatedValue =
  | { readonly kind: 'null' }
  | { readonly kind: 'value'; readonly shape: StorageDef; readonly value: Value }
  | { readonly kind: 'media'; readonly shape: StorageDef; readonly media: MediaBytes | Uint8Array }
  | { readonly kind: 'entity'; readonly state: EntityState }
  | { readonly kind: 'selection'; readonly state: SelectionState };

const nothing: CalculatedValue = { kind: 'null' };

/**
 * What the code of the attribute gives for an entity. Runs in a call.
 * @throws KeystampError 500: 1562 around what the code throws, 1585 when it is no value of the type
 */
export async function calculatedValue(state: EntityState, attribute: CalculatedDef): Promise<CalculatedValue> {
  let given: unknown;
  try {
    given = await readAttribute(state, attribute);
  } catch (error) {
    throw calculatedError(error, attribute);
  }
  return given === null || given === undefined ? nothing : taken(attribute, given);
}

function taken(attribute: CalculatedDef, given: unknown): CalculatedValue {
  const { result, name } = attribute;
  switch (result.kind) {
    case 'value': {
      const { shape } = result;
      if (isMedia(shape)) {
        if (given instanceof MediaBytes || given instanceof Uint8Array) return { kind: 'media', shape, media: given };
        throw fail(1585, name, shape.type);
      }
      const assigned = assignValue(shape, jsonOf(given));
      if (assigned.kind === 'value') return { kind: 'value', shape, value: assigned.value };
      throw fail(1585, name, printedType(shape));
    }
    case 'entity': {
      const state = stateOf(given);
      if (state?.def === result.target) return { kind: 'entity', state };
      throw fail(1585, name, result.target.name);
    }
    case 'selection': {
      const state = selectionStateOf(given);
      if (state?.of.def === result.target) return { kind: 'selection', state };
      throw fail(1585, name, result.target.collectionName);
    }
    default:
      return result satisfies never;
  }
}

/** A value of a client as the code of the attribute gets it: of the type of the attribute. @throws KeystampError 1508 */
export function givenValue({ result }: CalculatedDef, value: Json): unknown {
  if (value === null || result.kind !== 'value' || isMedia(result.shape)) return value;
  return valueForCode(result.shape, acceptValue(result.shape, value));
}

/** Does the attribute have that value already? Of entities and bytes nobody can tell. */
export async function isHeld(state: EntityState, attribute: CalculatedDef, value: Json): Promise<boolean> {
  const held = await calculatedValue(state, attribute);
  if (held.kind === 'null') return value === null;
  return held.kind === 'value' && value !== null && acceptValue(held.shape, value) === held.value;
}

/** What the code of a calculated attribute threw, with the line of the attribute behind it; the details of a fault are logged. */
export function calculatedError(error: unknown, { name, owner }: CalculatedDef): KeystampError {
  if (error instanceof KeystampError) return error.within(1562, name).as(500);
  const { printed, fault } = thrownError(error, 'host');
  if (fault) currentCall().services.onEvent({ kind: 'functionThrew', name: `${owner.name}.${name}`, cause: error });
  return new KeystampError(
    500,
    [
      { http: 500, event: printed },
      { code: 1562, args: [name] },
    ],
    { cause: error },
  );
}
