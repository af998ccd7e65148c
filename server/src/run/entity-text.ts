// An entity that code has in its hands as JSON text, the same as the database writes of one that is stored: the row was read
// already, so the database need not be asked again. Of what it was not read with (expanded relations, calculated
// attributes, details of pictures) there is none.
import { printValue } from '../model/print-value.ts';
import type { DataClassDef, StorageDef } from '../model/model.ts';
import { oncePer } from '../model/once-per.ts';
import type { EntityState } from '../orm/entity-state.ts';
import type { ColumnItem, Columns, Links } from '../query/columns.ts';
import { printKey, printKeyInUri } from '../query/print-key.ts';
import type { Key } from '../query/selection.ts';

type Print = (state: EntityState) => string;

/** Prints entities of these columns as they stand in an answer of their own; nothing when the columns need the database. */
export const entityPrinter = oncePer((columns: Columns): Print | undefined => makePrinter(columns));

function makePrinter(columns: Columns): Print | undefined {
  const { name } = columns.dataClass;
  const head = `{"__entityModel":"${name}","__DATACLASS":"${name}"`;
  const parts: (readonly [name: string, print: Print])[] = [];
  for (const item of columns.items) {
    const print = mayLeadToHidden(item) ? undefined : itemPrinter(item, columns);
    if (!print) return undefined;
    parts.push([`,${JSON.stringify(item.attribute.name)}:`, print]);
  }
  return (state) => {
    state.noticeObjects();
    const { stored, key } = state;
    let text = head;
    if (key) text += `,"__KEY":${JSON.stringify(printKey(key))}`;
    if (stored) text += `,"__TIMESTAMP":"${stored.timestamp}"`;
    text += `,"__STAMP":${stored?.stamp ?? 0}`;
    for (const [member, print] of parts) text += member + print(state);
    return `${text}}`;
  };
}

/** Only the database knows whether row filters hide the entity that a relation leads to. */
const mayLeadToHidden = ({ kind, attribute }: ColumnItem): boolean =>
  kind === 'deferred' && attribute.kind === 'relatedEntity' && attribute.target.code.restrict !== undefined;

/** Prints one item of an entity in memory, as far as its row tells it. */
export function itemPrinter(item: ColumnItem, { dataClass, links }: Columns): Print | undefined {
  const { name } = item.attribute;
  switch (item.kind) {
    case 'value':
      return valuePrinter(item.attribute);
    case 'media':
      return mediaPrinter(item.attribute, item.detail, dataClass, links);
    case 'deferred': {
      if (item.attribute.kind === 'relatedEntity') {
        const { attribute } = item;
        return (state) => {
          const key = state.relatedKey(attribute);
          if (key === null) return 'null';
          const uri = entityUri(attribute.target, [key], links);
          return `{"__deferred":{"uri":"${uri}","__KEY":${JSON.stringify(String(key))}}}`;
        };
      }
      return ({ stored }) =>
        stored ? `{"__deferred":{"uri":"${entityUri(dataClass, stored.key, links)}/${name}?$expand=${name}"}}` : 'null';
    }
    case 'entity':
    case 'selection':
    case 'calculated':
    case 'alias':
      return undefined;
    default:
      return item satisfies never;
  }
}

function valuePrinter(attribute: StorageDef): Print {
  switch (attribute.type) {
    // Most values are texts and numbers.
    case 'string':
    case 'text':
    case 'uuid':
      return (state) => {
        const value = state.value(attribute);
        return value === null ? 'null' : JSON.stringify(value);
      };
    case 'long':
    case 'number':
    case 'bool':
      return (state) => String(state.value(attribute));
    default:
      return (state) => printValue(attribute, state.value(attribute));
  }
}

/** Bytes that are not saved have no address. */
function mediaPrinter(attribute: StorageDef, detail: boolean, owner: DataClassDef, links: Links): Print | undefined {
  const { name, type } = attribute;
  if (detail || (type === 'image' && links.imageInfo)) return undefined;
  const query = type === 'blob' ? `$binary=true&$expand=${name}"` : links.imagePrefix;
  const end = type === 'blob' ? '}}' : `${links.imageSuffix(name)}","image":true}}`;
  return (state) => {
    const held = state.storedMedia(attribute);
    if (!held || !state.stored) return 'null';
    const version = type === 'blob' ? '' : held.version;
    return `{"__deferred":{"uri":"${entityUri(owner, state.stored.key, links)}/${name}?${query}${version}${end}`;
  };
}

const entityUri = ({ name }: DataClassDef, key: Key, { mount, brackets }: Links): string =>
  `${mount}/${name}${brackets[0]}${typeof key[0] === 'number' && key.length === 1 ? key[0] : printKeyInUri(key)}${brackets[1]}`;
