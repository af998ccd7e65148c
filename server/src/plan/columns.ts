// The attribute tree of an answer, from the list in the path, `$attributes` and `$expand` (spec 03 § 3).
import { isMedia, relatedClass, shownStorage, type DataClassDef } from '../model/model.ts';
import type { Columns, Links } from '../query/columns.ts';
import { childOf, columnsOf, newNode, type ColumnNode, type ColumnScope } from './column-node.ts';
import { NameFaults } from './name-faults.ts';
import { nameList } from './name-list.ts';

export interface ColumnsAsked {
  /** Attribute paths of the URL; they win over `$attributes`. */
  readonly path: readonly string[];
  readonly attributes?: string;
  readonly expand?: string;
  /** `$expand` lists attributes too (`$asArray`, spec 03 § 4): what is in no list is not sent. */
  readonly expandLists?: boolean;
}

/**
 * The columns of an answer.
 * @throws KeystampError 1500 for each unknown name, then 1804 (list) or 1805 (`$expand`); 1557 and 1607 for a name without
 *   permission; 1806 too many relations
 */
export function buildColumns(dataClass: DataClassDef, asked: ColumnsAsked, links: Links, scope: ColumnScope): Columns {
  const root = newNode();
  const array = asked.expandLists ?? false;
  const listed = asked.path.length > 0 ? asked.path : nameList(asked.attributes);
  const expanded = nameList(asked.expand);
  const values = array ? expanded.filter((item) => endsInValue(item, dataClass, scope)) : [];
  const paths = [...listed, ...values];
  const named = paths.filter((path) => path !== '*');
  root.all = named.length < paths.length || (listed.length === 0 && (!array || expanded.length === 0));
  addPaths(root, dataClass, named, scope, array);
  addExpanded(root, dataClass, values.length > 0 ? expanded.filter((item) => !values.includes(item)) : expanded, scope);
  return columnsOf(root, dataClass, links, scope, array);
}

/** Whether a path ends in a value, or in `*`, and not in a relation, a picture or a BLOB. */
function endsInValue(path: string, dataClass: DataClassDef, { sight }: ColumnScope): boolean {
  let owner = dataClass;
  const steps = path.split('.');
  for (const [i, step] of steps.entries()) {
    if (step === '*') return i === steps.length - 1;
    const attribute = sight.attribute(owner, step);
    if (!attribute) return false;
    const value = shownStorage(attribute);
    if (value) return i === steps.length - 1 && !isMedia(value);
    owner = relatedClass(attribute) as DataClassDef;
  }
  return false;
}

function addPaths(
  root: ColumnNode,
  dataClass: DataClassDef,
  paths: readonly string[],
  { sight, config: { maxExpandDepth } }: ColumnScope,
  array: boolean,
): void {
  const faults = new NameFaults(dataClass, sight);
  for (const path of paths) {
    const steps = path.split('.');
    if (steps.length > maxExpandDepth) faults.unknown(path);
    else addPath(root, dataClass, steps, array, faults);
  }
  faults.check(1804, paths.join(','));
}

/** `employer.name`, `employer.*`. */
function addPath(
  root: ColumnNode,
  dataClass: DataClassDef,
  steps: readonly string[],
  array: boolean,
  faults: NameFaults,
): void {
  let node = root;
  let owner: DataClassDef | undefined = dataClass;
  for (const [i, step] of steps.entries()) {
    const isLast = i === steps.length - 1;
    if (i > 0) node.opened = true;
    if (step === '*' && i > 0 && isLast && owner) {
      node.all = true;
      return;
    }
    const attribute = faults.find(step, owner, array || !isLast);
    if (!attribute) return;
    node = childOf(node, step);
    owner = relatedClass(attribute);
  }
}

/** `staff:20` sends 20, `staff:20-40` sends 20 after skipping 40 (spec 03 § 3.3). */
const paged = /^(.*?):(\d{1,9})(?:-(\d{1,9}))?$/;

function addExpanded(
  root: ColumnNode,
  dataClass: DataClassDef,
  items: readonly string[],
  { sight, config: { maxExpandDepth } }: ColumnScope,
): void {
  const faults = new NameFaults(dataClass, sight);
  for (const item of items) {
    if (item.toLowerCase() === '$all') {
      for (const attribute of dataClass.attributes.values())
        if (relatedClass(attribute) && sight.attribute(dataClass, attribute.name) && !sight.refusal(attribute, true))
          childOf(root, attribute.name).expanded = true;
      continue;
    }
    const [, path = item, top, skip] = paged.exec(item) ?? [];
    const steps = path.split('.');
    if (steps.length > maxExpandDepth) faults.unknown(item);
    else {
      const node = expandPath(root, dataClass, steps, faults);
      if (top !== undefined) Object.assign(node, { top: Number(top), skip: Number(skip ?? 0) });
    }
  }
  faults.check(1805, items.join(','));
}

/** The node at the end of a path whose relations, pictures and BLOBs are all sent in full. */
function expandPath(
  root: ColumnNode,
  dataClass: DataClassDef,
  steps: readonly string[],
  faults: NameFaults,
): ColumnNode {
  let node = root;
  let owner: DataClassDef | undefined = dataClass;
  for (const step of steps) {
    const attribute = faults.find(step, owner, true);
    if (!attribute) return node;
    const value = shownStorage(attribute);
    if (value && !isMedia(value)) {
      owner = undefined;
      continue;
    }
    // An attribute that is only in $expand joins the list, in its place.
    node = childOf(node, step);
    node.expanded = true;
    owner = relatedClass(attribute);
  }
  return node;
}
