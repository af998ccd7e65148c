// What can be wrong with stored data, and how it is told.
import type { DataClassDef, RelatedEntityDef, StorageDef, Value } from '../model/model.ts';
import { printKey } from '../query/print-key.ts';
import type { Key } from '../query/selection.ts';

export type Fault =
  /** Told by the database itself. */
  | { readonly kind: 'database'; readonly text: string }
  /** An attribute names a picture or BLOB that is not stored. */
  | { readonly kind: 'missingContent'; readonly attribute: StorageDef; readonly key: Key; readonly hash: Uint8Array }
  /** The bytes are not those of the hash, or some are missing. */
  | { readonly kind: 'damagedContent'; readonly hash: Uint8Array; readonly holders: number }
  /** Another number of holders is counted than there are; none at all: nobody needs the bytes. */
  | { readonly kind: 'holders'; readonly hash: Uint8Array; readonly counted: number; readonly held: number }
  /** Bytes of a content that is not known. */
  | { readonly kind: 'orphanBytes'; readonly hash: Uint8Array }
  | { readonly kind: 'missingUpload'; readonly id: string }
  /** A relation names an entity that is not there; clients read null. */
  | { readonly kind: 'dangling'; readonly relation: RelatedEntityDef; readonly key: Key; readonly to: Value }
  /** The word index does not hold exactly the words of the text. */
  | { readonly kind: 'words'; readonly attribute: StorageDef; readonly key: Value }
  /** A number of the entity is impossible. */
  | { readonly kind: 'number'; readonly dataClass: DataClassDef; readonly key: Key; readonly what: NumberFault }
  /** The counter of changes is not above every number that was given. */
  | { readonly kind: 'counter'; readonly value: number; readonly highest: number }
  | { readonly kind: 'unnumbered'; readonly dataClass: DataClassDef; readonly entities: number }
  /** A deletion of an entity that is stored; clients would delete it. */
  | { readonly kind: 'deletedButThere'; readonly dataClass: DataClassDef; readonly id: number; readonly key: string }
  /** An entity set that lacks keys, or keys of no set. */
  | { readonly kind: 'brokenSet'; readonly content: string };

export type NumberFault =
  | { readonly kind: 'stamp' }
  /** A picture or BLOB without its numbers, or with one that the entity has not reached. */
  | { readonly kind: 'media'; readonly attribute: StorageDef }
  /** Version numbers that an earlier entity of this key has used. */
  | { readonly kind: 'base'; readonly version: number };

/** What is common to faults of a kind: a heading, and whether they leave the data unsound or are worth knowing only. */
export const faultKinds = {
  database: { heading: 'damages that the database itself finds', sound: false },
  missingContent: { heading: 'pictures or BLOBs that are named and not stored', sound: false },
  damagedContent: { heading: 'pictures or BLOBs whose bytes are damaged', sound: false },
  holders: { heading: 'pictures or BLOBs with a wrong number of holders', sound: false },
  orphanBytes: { heading: 'bytes that belong to nothing', sound: false },
  missingUpload: { heading: 'uploads without their bytes', sound: false },
  dangling: { heading: 'relations to entities that are not there (they read as null)', sound: true },
  words: { heading: 'texts whose words are not in the index as they should be', sound: false },
  number: { heading: 'entities with impossible numbers', sound: false },
  counter: { heading: 'the counter of changes', sound: false },
  unnumbered: { heading: 'tracked entities without a number', sound: false },
  deletedButThere: { heading: 'deletions of entities that are there', sound: false },
  brokenSet: { heading: 'entity sets that are not whole', sound: false },
} as const satisfies Record<Fault['kind'], { readonly heading: string; readonly sound: boolean }>;

const hex = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');
const entity = ({ name }: DataClassDef, key: Key): string => `${name}(${printKey(key)})`;

/** A fault in one line. */
export function printFault(fault: Fault): string {
  switch (fault.kind) {
    case 'database':
      return fault.text;
    case 'missingContent':
      return `${entity(fault.attribute.owner, fault.key)}.${fault.attribute.name}: ${hex(fault.hash)} is not stored`;
    case 'damagedContent':
      return `${hex(fault.hash)}, held ${fault.holders} times`;
    case 'holders':
      return `${hex(fault.hash)}: ${fault.counted} are counted, ${fault.held} there`;
    case 'orphanBytes':
      return hex(fault.hash);
    case 'missingUpload':
      return fault.id;
    case 'dangling':
      return `${entity(fault.relation.owner, fault.key)}.${fault.relation.name}: ${entity(fault.relation.target, [fault.to])} is not there`;
    case 'words':
      return `${entity(fault.attribute.owner, [fault.key])}.${fault.attribute.name}`;
    case 'number':
      return `${entity(fault.dataClass, fault.key)}: ${printNumber(fault.what)}`;
    case 'counter':
      return `it stands at ${fault.value}, and ${fault.highest} was given`;
    case 'unnumbered':
      return `${fault.entities} of ${fault.dataClass.name}`;
    case 'deletedButThere':
      return `${fault.dataClass.name}(${fault.key})`;
    case 'brokenSet':
      return fault.content;
    default:
      return fault satisfies never;
  }
}

function printNumber(what: NumberFault): string {
  switch (what.kind) {
    case 'stamp':
      return 'its stamp is below 1';
    case 'media':
      return `the version of ${what.attribute.name} is missing or ahead of the entity`;
    case 'base':
      return `its versions begin below ${what.version}, which an earlier entity of this key has reached`;
    default:
      return what satisfies never;
  }
}
