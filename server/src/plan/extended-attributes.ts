// The attribute tree of a POST with $extendedAttributes: which attributes, and of each relation which entities
// (spec 03 § 3.4).
import { fail } from '../errors.ts';
import { relatedClass, type DataClassDef } from '../model/model.ts';
import { checkComplexity } from '../query/complexity.ts';
import type { Columns } from '../query/columns.ts';
import { noParams, paramsOf, type FilterParams, type ParamValue } from '../query/params.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { childOf, columnsOf, newNode, type ColumnNode } from './column-node.ts';
import type { PlanContext } from './context.ts';
import { linksOf } from './links.ts';
import { NameFaults } from './name-faults.ts';
import { askedQuery } from './selection.ts';

type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The columns that the body of a request asks for.
 * @param body parsed JSON: `{"name":true,"staff":{"__Query":"salary > 50000","lastName":true}}`
 * @throws KeystampError 1806 when it is no such tree; 1500 for each unknown name, then 1804; 1607 no permission; 1162 for too many
 *   comparisons in all queries together; 1806 for too many relations; those of the queries
 */
export function extendedColumns(
  request: ApiRequest,
  dataClass: DataClassDef,
  body: unknown,
  context: PlanContext,
): Columns {
  if (!isTree(body)) throw fail(1806, 'the body is not a tree of attributes');
  if (Object.hasOwn(body, '__Query'))
    throw fail(1806, 'only a relation has a __Query; the entities are chosen by $filter');
  const faults = new NameFaults(dataClass, context.sight);
  const root = newNode();
  new TreeReader(context, faults).read(root, body, dataClass, 1);
  faults.check(1804, Object.keys(body).join(','));
  return columnsOf(root, dataClass, linksOf(request, context.config), context);
}

class TreeReader {
  readonly #context: PlanContext;
  readonly #faults: NameFaults;
  #terms = 0;

  constructor(context: PlanContext, faults: NameFaults) {
    this.#context = context;
    this.#faults = faults;
  }

  /** Without a name it asks for all attributes. */
  read(node: ColumnNode, tree: Tree, dataClass: DataClassDef, level: number): void {
    for (const [name, asked] of Object.entries(tree)) {
      if (name === '__Query' || asked === false) continue;
      if (asked !== true && !isTree(asked)) throw fail(1806, `${name.slice(0, 100)} is neither true nor an object`);
      if (name === '*') {
        node.all = true;
        continue;
      }
      const told = name.slice(0, 100);
      const tooDeep = level > this.#context.config.maxExpandDepth;
      if (tooDeep) this.#faults.unknown(told, dataClass);
      const attribute = tooDeep ? undefined : this.#faults.find(name, dataClass, asked !== true, told);
      if (!attribute) continue;
      const child = childOf(node, name);
      if (asked === true) continue;
      const target = relatedClass(attribute);
      if (!target) {
        for (const inner of Object.keys(asked)) this.#faults.unknown(`${name}.${inner}`.slice(0, 100), dataClass);
        continue;
      }
      child.expanded = true;
      this.#narrow(child, asked['__Query'], target, level);
      this.read(child, asked, target, level + 1);
      child.opened = true;
    }
    if (node.children.size === 0) node.all = true;
  }

  /** `__Query` is a text, or `{"queryString":…,"settings":{"parameters":…}}`. */
  #narrow(node: ColumnNode, query: unknown, dataClass: DataClassDef, level: number): void {
    if (query === undefined || query === null || query === '') return;
    const { config } = this.#context;
    const text = isTree(query) ? query['queryString'] : query;
    if (typeof text !== 'string') throw fail(1626);
    const given = (): FilterParams => (isTree(query) ? parametersOf(query) : noParams);
    const { predicate, order, terms } = askedQuery(text, undefined, given, dataClass, this.#context);
    this.#terms += terms;
    if (this.#terms > config.maxFilterTerms) throw fail(1162, `more than ${config.maxFilterTerms} comparisons`);
    checkComplexity(predicate, level);
    if (predicate.kind !== 'all') node.predicate = predicate;
    if (order) node.order = order;
  }
}

/** @throws KeystampError 1280 */
function parametersOf({ settings }: Tree): FilterParams {
  const parameters = isTree(settings) ? settings['parameters'] : settings;
  if (parameters === undefined || parameters === null) return noParams;
  return paramsOf(parameters as ParamValue, 'settings.parameters');
}
