// What an answer asks of the attributes of a class, as it is gathered from lists or a tree, and the columns it becomes.
import { fail } from '../errors.ts';
import { publicAttribute, type AttributeDef, type DataClassDef } from '../model/model.ts';
import type { ColumnItem, Columns, Links } from '../query/columns.ts';
import type { Order } from '../query/order.ts';
import type { Predicate } from '../query/predicate.ts';

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
 * @throws KeystampError 1806 when more than `maxRelations` relations are sent in full
 */
export function columnsOf(root: ColumnNode, dataClass: DataClassDef, links: Links, maxRelations: number): Columns {
  if (relationsIn(root) > maxRelations) throw fail(1806, `more than ${maxRelations} relations are to be sent in full`);
  return columnsBelow(root, dataClass, links);
}

const relationsIn = (node: ColumnNode): number =>
  node.children.values().reduce((sum, child) => sum + relationsIn(child), node.expanded || node.opened ? 1 : 0);

function columnsBelow(node: ColumnNode, dataClass: DataClassDef, links: Links): Columns {
  const items: ColumnItem[] = [];
  const add = (attribute: AttributeDef, asked: ColumnNode | undefined): void =>
    void items.push(itemOf(attribute, asked, links));
  if (node.all) {
    for (const attribute of dataClass.attributes.values())
      if (publicAttribute(dataClass, attribute.name)) add(attribute, node.children.get(attribute.name));
  } else {
    for (const [name, asked] of node.children) add(dataClass.attributes.get(name)!, asked);
  }
  return { dataClass, items, links };
}

function itemOf(attribute: AttributeDef, asked: ColumnNode | undefined, links: Links): ColumnItem {
  if (attribute.kind === 'storage')
    return attribute.type === 'image' || attribute.type === 'blob'
      ? { kind: 'media', attribute, detail: asked?.expanded ?? false }
      : { kind: 'value', attribute };
  if (!asked?.expanded && !asked?.opened) return { kind: 'deferred', attribute };
  // Expanded as a whole, unless attributes of the target were named and the relation itself was not.
  const inner = { ...asked, all: asked.all || !asked.opened };
  const columns = columnsBelow(inner, attribute.target, links);
  const { skip, top = attribute.target.defaultTopSize, order, predicate } = asked;
  const narrowed = predicate && { predicate };
  if (attribute.kind === 'relatedEntity') return { kind: 'entity', attribute, columns, ...narrowed };
  return { kind: 'selection', attribute, columns, skip, top, ...(order && { order }), ...narrowed };
}
