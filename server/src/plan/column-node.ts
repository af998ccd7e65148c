// What an answer asks of the attributes of a class, as it is gathered from lists or a tree, and the columns it becomes.
import type { Config } from '../config.ts';
import { fail } from '../errors.ts';
import {
  isMedia,
  relatedClass,
  type AttributeDef,
  type CalculatedDef,
  type DataClassDef,
  type RelatedEntityDef,
  type StorageDef,
  type ToManyDef,
} from '../model/model.ts';
import type { ColumnItem, Columns, Links, OneItem } from '../query/columns.ts';
import type { Order } from '../query/order.ts';
import type { Predicate } from '../query/predicate.ts';
import type { Sight } from '../query/sight.ts';

/** Limits of an answer and what exists for its asker. */
export interface ColumnScope {
  readonly config: Pick<Config, 'maxExpandDepth' | 'maxExpandedRelations'>;
  readonly sight: Sight;
}

/** What is asked of one attribute; the root stands for the entity itself. */
export interface ColumnNode {
  /** All attributes of the class at this place. */
  all: boolean;
  /** Asked by name, in the order asked. */
  readonly children: Map<string, ColumnNode>;
  /** A relation is sent in full, a picture with its details. */
  expanded: boolean;
  /** Something below was named: `employer.name`. */
  opened: boolean;
  /** Of a to-many relation. */
  skip: number;
  top?: number;
  order?: Order;
  /** Which related entities are sent. */
  predicate?: Predicate;
}

export const newNode = (): ColumnNode => ({ all: false, children: new Map(), expanded: false, opened: false, skip: 0 });

/** The node of that name below, made when it is not there. */
export function childOf(node: ColumnNode, name: string): ColumnNode {
  let found = node.children.get(name);
  if (!found) node.children.set(name, (found = newNode()));
  return found;
}

/**
 * The columns that the nodes of a class ask for.
 * @param array links to related entities tell how many there are, or their stamp
 * @throws KeystampError 1806 when more than `maxExpandedRelations` relations are sent in full
 */
export function columnsOf(
  root: ColumnNode,
  dataClass: DataClassDef,
  links: Links,
  { config: { maxExpandedRelations: maxRelations }, sight }: ColumnScope,
  array = false,
): Columns {
  if (relationsIn(root) > maxRelations) throw fail(1806, `more than ${maxRelations} relations are to be sent in full`);
  const isSeen = (attribute: AttributeDef): boolean =>
    sight.attribute(attribute.owner, attribute.name) !== undefined && !sight.refusal(attribute, array);
  return new Builder(links, isSeen).columns(root, dataClass);
}

const relationsIn = (node: ColumnNode): number =>
  node.children.values().reduce((sum, child) => sum + relationsIn(child), node.expanded || node.opened ? 1 : 0);

function holdsPage(item: ColumnItem): boolean {
  if (item.kind === 'alias') return holdsPage(item.shown);
  return item.kind === 'selection' || (item.kind === 'entity' && item.columns.paged);
}

/** Makes the columns of one answer. */
class Builder {
  readonly #links: Links;
  /** Of attributes that were not named: those that the asker may not see are left out (spec 14 § 5.1). */
  readonly #isSeen: (attribute: AttributeDef) => boolean;
  /** Calculated items so far. */
  #calculated = 0;

  constructor(links: Links, isSeen: (attribute: AttributeDef) => boolean) {
    this.#links = links;
    this.#isSeen = isSeen;
  }

  columns(node: ColumnNode, dataClass: DataClassDef): Columns {
    const before = this.#calculated;
    const items: ColumnItem[] = [];
    if (node.all) {
      for (const attribute of dataClass.attributes.values())
        if (this.#isSeen(attribute)) items.push(this.#item(attribute, node.children.get(attribute.name)));
    } else {
      for (const [name, asked] of node.children) items.push(this.#item(dataClass.attributes.get(name)!, asked));
    }
    const paged = items.some(holdsPage);
    return { dataClass, items, links: this.#links, calculated: this.#calculated > before, paged };
  }

  #item(attribute: AttributeDef, asked: ColumnNode | undefined): ColumnItem {
    switch (attribute.kind) {
      case 'storage':
      case 'relatedEntity':
      case 'calculated':
        return this.#one(attribute, asked);
      case 'relatedEntities':
        return this.#selection(attribute, asked);
      case 'alias':
        return attribute.many
          ? this.#selection(attribute, asked)
          : { kind: 'alias', attribute, shown: this.#one(attribute.end, asked) };
      default:
        return attribute satisfies never;
    }
  }

  /** Of what holds a value or one entity, and of whatever code gives. */
  #one(attribute: StorageDef | RelatedEntityDef | CalculatedDef, asked: ColumnNode | undefined): OneItem {
    switch (attribute.kind) {
      case 'storage':
        return isMedia(attribute)
          ? { kind: 'media', attribute, detail: asked?.expanded ?? false }
          : { kind: 'value', attribute };
      case 'relatedEntity': {
        if (!asked?.expanded && !asked?.opened) return { kind: 'deferred', attribute };
        const { predicate } = asked;
        const columns = this.#inner(attribute.target, asked);
        return { kind: 'entity', attribute, columns, ...(predicate && { predicate }) };
      }
      case 'calculated': {
        const target = relatedClass(attribute);
        const { skip = 0, top = target?.defaultTopSize ?? 0 } = asked ?? {};
        const item = { kind: 'calculated', attribute, index: this.#calculated++, skip, top } as const;
        if (!target || (!asked?.expanded && !asked?.opened)) return item;
        const { predicate, order } = asked;
        return {
          ...item,
          columns: this.#inner(target, asked),
          ...(predicate && { predicate }),
          ...(order && { order }),
        };
      }
      default:
        return attribute satisfies never;
    }
  }

  #selection(attribute: ToManyDef, asked: ColumnNode | undefined): ColumnItem {
    if (!asked?.expanded && !asked?.opened) return { kind: 'deferred', attribute };
    const { skip, top = attribute.target.defaultTopSize, order, predicate } = asked;
    const columns = this.#inner(attribute.target, asked);
    return {
      kind: 'selection',
      attribute,
      columns,
      skip,
      top,
      ...(order && { order }),
      ...(predicate && { predicate }),
    };
  }

  /** A relation is sent as a whole, unless attributes of the target were named and the relation itself was not. */
  #inner(target: DataClassDef, asked: ColumnNode): Columns {
    return this.columns({ ...asked, all: asked.all || !asked.opened }, target);
  }
}
