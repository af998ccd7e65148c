// Which field a failed save complains about. Most lines name their attribute; for the others each changed attribute is
// validated alone, and the line that comes back tells whose it is.
import { PermissionError, type KeystampError, type WireError } from '@keystamp/client';
import type { DataClass } from '../api/catalog.ts';
import { validateEntities } from '../api/entity.ts';

export interface PlacedErrors {
  readonly byAttribute: ReadonlyMap<string, readonly string[]>;
  readonly general: readonly string[];
  /** Somebody else may do it. */
  readonly forbidden?: boolean;
}

/** Outer lines that only say that something failed. */
const outer = new Set([1517, 1534, 1570]);

/** @param changes what was to be saved, without key and stamp */
export async function placeErrors(
  error: KeystampError,
  dataClass: DataClass,
  identity: Readonly<Record<string, unknown>>,
  changes: Readonly<Record<string, unknown>>,
): Promise<PlacedErrors> {
  const { entries } = error;
  const forbidden = error instanceof PermissionError;
  const byAttribute = new Map<string, string[]>();
  const place = (name: string, { message }: WireError): void =>
    void byAttribute.set(name, [...(byAttribute.get(name) ?? []), message]);
  const homeless: WireError[] = [];
  for (const entry of entries) {
    const name = namedIn(entry, dataClass);
    if (name !== undefined) place(name, entry);
    else if (!outer.has(entry.errCode)) homeless.push(entry);
  }
  const names = Object.keys(changes);
  if (homeless.length > 0 && names.length > 0 && !forbidden) {
    const tried = await validateEntities(
      dataClass,
      names.map((name) => ({ ...identity, [name]: changes[name] })),
    );
    for (const entry of homeless.splice(0)) {
      const owners = names.filter((_, at) => tried[at]?.some(({ message }) => message === entry.message));
      // A rule about several attributes is broken by none of them alone, or by all.
      if (owners.length === 1 || (owners.length > 1 && owners.length < names.length))
        for (const name of owners) place(name, entry);
      else homeless.push(entry);
    }
  }
  const general = homeless.map(({ message }) => message);
  return {
    byAttribute,
    forbidden,
    general: general.length === 0 && byAttribute.size === 0 ? entries.map(({ message }) => message) : general,
  };
}

/** The attribute that a line names in quotes, or as the value of a unique one. */
function namedIn({ message }: WireError, { attributes }: DataClass): string | undefined {
  const quoted = [...message.matchAll(/"([^"]+)"/g)].map(([, name]) => name);
  return (
    attributes.find(({ name }) => quoted.includes(name))?.name ??
    attributes.find(
      ({ name, unique, identifying }) =>
        unique && !identifying && new RegExp(`\\b${name}\\b`).test(message.slice(message.indexOf(':'))),
    )?.name
  );
}
