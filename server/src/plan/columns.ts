// The attribute tree of an answer, from the list in the path, `$attributes` and `$expand` (spec 03 § 3).
import { nameList } from './name-list.ts';
import { fail, type KeystampError } from '../errors.ts';
import { isMedia, relatedClass, shownStorage, type AttributeDef, type DataClassDef } from '../model/model.ts';
import type { Columns, Links } from '../query/columns.ts';
import { childOf, columnsOf, newNode, type ColumnNode, type ColumnScope } from './column-node.ts';

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
  { sight, config: { maxExpandDepth: maxDepth } }: ColumnScope,
  array: boolean,
): void {
  const unknown: KeystampError[] = [];
  let refused: KeystampError | undefined;
  for (const path of paths) {
    const steps = path.split('.');
    let node = root;
    let owner: DataClassDef | undefined = dataClass;
    if (steps.length > maxDepth) unknown.push(fail(1500, path, dataClass.name));
    else
      for (const [i, step] of steps.entries()) {
        if (step === '*' && i > 0 && i === steps.length - 1 && owner) {
          node.all = true;
          node.opened = true;
          break;
        }
        const attribute: AttributeDef | undefined = owner && sight.attribute(owner, step);
        if (!attribute) {
          unknown.push(fail(1500, step, (owner ?? dataClass).name));
          break;
        }
        const refusal = sight.refusal(attribute, array || i < steps.length - 1);
        if (refusal) {
          refused ??= refusal;
          break;
        }
        if (i > 0) node.opened = true;
        node = childOf(node, step);
        owner = relatedClass(attribute);
      }
  }
  if (unknown.length > 0) throw joined(unknown).within(1804, paths.join(','), dataClass.name);
  if (refused) throw refused;
}

/** One error that lists every unknown name. */
export function joined(errors: readonly KeystampError[]): KeystampError {
  const [first, ...rest] = errors as [KeystampError, ...KeystampError[]];
  return rest.reduce((all, error) => {
    const entry = error.entries[0]!;
    return 'code' in entry ? all.within(entry.code, ...entry.args) : all;
  }, first);
}

/** `staff:20` sends 20, `staff:20-40` sends 20 after skipping 40 (spec 03 § 3.3). */
const paged = /^(.*?):(\d{1,9})(?:-(\d{1,9}))?$/;

function addExpanded(
  root: ColumnNode,
  dataClass: DataClassDef,
  items: readonly string[],
  { sight, config: { maxExpandDepth: maxDepth } }: ColumnScope,
): void {
  const unknown: KeystampError[] = [];
  let refused: KeystampError | undefined;
  for (const item of items) {
    if (item.toLowerCase() === '$all') {
      for (const attribute of dataClass.attributes.values())
        if (relatedClass(attribute) && sight.attribute(dataClass, attribute.name) && !sight.refusal(attribute, true))
          childOf(root, attribute.name).expanded = true;
      continue;
    }
    const page = paged.exec(item);
    const steps = (page?.[1] ?? item).split('.');
    let node = root;
    let owner: DataClassDef | undefined = dataClass;
    for (const step of steps) {
      const attribute: AttributeDef | undefined = owner && sight.attribute(owner, step);
      if (!attribute || steps.length > maxDepth) {
        unknown.push(fail(1500, steps.length > maxDepth ? item : step, (owner ?? dataClass).name));
        break;
      }
      const refusal = sight.refusal(attribute, true);
      if (refusal) {
        refused ??= refusal;
        break;
      }
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
    if (page) {
      const [first, second] = [Number(page[2]), page[3] === undefined ? undefined : Number(page[3])];
      node.top = first;
      node.skip = second ?? 0;
    }
  }
  if (unknown.length > 0) throw joined(unknown).within(1805, items.join(','), dataClass.name);
  if (refused) throw refused;
}
