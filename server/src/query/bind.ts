// FilterExpr + dataclass + parameters → Predicate: names become attributes, values become canonical, criteria over the
// same related row come together (spec 04 §§ 4 to 7).
import { fail } from '../errors.ts';
import type { AliasDef, CalculatedDef, DataClassDef, RelationDef, StorageDef, ToOneAliasDef } from '../model/model.ts';
import { checkComplexity } from './complexity.ts';
import type { Given } from './convert.ts';
import type { FilterExpr, FilterScalar, FilterValue, Operand, PathStep } from './filter-expr.ts';
import type { QueryLimits } from './limits.ts';
import { objectCriterion } from './object-criterion.ts';
import type { Comparator } from './operators.ts';
import type { FilterParams, ParamValue } from './params.ts';
import { isArray, lookUp } from './params.ts';
import type { ParsedFilter } from './parse.ts';
import { parsePath } from './parse.ts';
import { findAttribute } from './path.ts';
import { all, conjoin, disjoin, type Predicate } from './predicate.ts';
import { existsAlong, relationTest } from './relation-test.ts';
import type { Sight } from './sight.ts';
import { eventOperator, eventValue } from './query-event.ts';
import type { GivenValue } from './value-tests.ts';
import { attributeTest, objectTest } from './value-tests.ts';

/**
 * Gives a parsed filter its meaning for one dataclass.
 * @param sight of who asks
 * @throws KeystampError 400: 1500 unknown or hidden attribute, 1279 missing or null placeholder, 1280 value of the
 *   wrong type, 1112 a path alone that is not boolean, 1162 a comparator that the type does not know
 */
export function bindFilter(
  parsed: ParsedFilter,
  dataClass: DataClassDef,
  params: FilterParams,
  limits: QueryLimits,
  sight: Sight,
): Predicate {
  if (!parsed.expr) return all;
  const predicate = new Binder(params, limits, sight).expr(parsed.expr, dataClass);
  checkComplexity(predicate);
  return predicate;
}

/** One comparison on its way along its path. `flag`: a boolean attribute stands alone. */
interface Criterion {
  readonly steps: readonly PathStep[];
  readonly comparator: Comparator;
  readonly value: GivenValue;
  readonly flag: boolean;
}

class Binder {
  readonly #params: FilterParams;
  readonly #limits: QueryLimits;
  readonly #sight: Sight;

  constructor(params: FilterParams, limits: QueryLimits, sight: Sight) {
    this.#params = params;
    this.#limits = limits;
    this.#sight = sight;
  }

  expr(expr: FilterExpr, dataClass: DataClassDef): Predicate {
    const bind = (part: FilterExpr): Predicate => this.expr(part, dataClass);
    switch (expr.kind) {
      case 'and':
        return conjoin(expr.parts.map(bind));
      case 'or':
        return disjoin(expr.parts.map(bind));
      case 'not':
        return { kind: 'not', part: bind(expr.part) };
      case 'except':
        return { kind: 'except', from: bind(expr.from), without: bind(expr.without) };
      case 'flag': {
        const value: GivenValue = { kind: 'scalar', given: { bare: false, value: true } };
        const criterion = { steps: this.#steps(expr.left), comparator: 'equal', value, flag: true } as const;
        return this.#criterion(criterion, 0, dataClass);
      }
      case 'compare': {
        const { comparator } = expr;
        const criterion = { steps: this.#steps(expr.left), comparator, value: this.#value(expr.right), flag: false };
        return this.#criterion(criterion, 0, dataClass);
      }
      default:
        return expr satisfies never;
    }
  }

  #steps(operand: Operand): readonly PathStep[] {
    if (operand.kind === 'path') return operand.steps;
    const value = lookUp(this.#params, operand.name, this.#limits);
    let steps: readonly PathStep[];
    if (typeof value === 'string') steps = parsePath(checkText(value));
    else if (isArray(value) && value.length > 0) {
      steps = value.map((name) => {
        if (typeof name !== 'string' || name === '') throw fail(1280, `:${operand.name} names no attribute`);
        return { name: checkText(name) };
      });
    } else throw fail(1280, `:${operand.name} names no attribute`);
    if (steps.length > this.#limits.maxFilterDepth) throw fail(1162, 'a path has too many steps');
    return steps;
  }

  #value(value: FilterValue): GivenValue {
    if (value.kind === 'list') return { kind: 'list', items: value.items.flatMap((item) => this.#item(item)) };
    if (value.kind === 'bare' && isNull(value.text)) return { kind: 'null' };
    if (value.kind !== 'placeholder') return { kind: 'scalar', given: written(value) };
    const found = lookUp(this.#params, value.name, this.#limits);
    if (!isArray(found)) return { kind: 'scalar', given: scalar(found, value.name) };
    if (found.length > this.#limits.maxFilterTerms)
      throw fail(1162, `a list of more than ${this.#limits.maxFilterTerms} items`);
    return { kind: 'list', items: found.filter((item) => item !== null).map((item) => scalar(item, value.name)) };
  }

  #item(item: FilterScalar): readonly Given[] {
    if (item.kind === 'placeholder') return [scalar(lookUp(this.#params, item.name, this.#limits), item.name)];
    return item.kind === 'bare' && isNull(item.text) ? [] : [written(item)];
  }

  #criterion(criterion: Criterion, at: number, dataClass: DataClassDef): Predicate {
    const attribute = findAttribute(dataClass, (criterion.steps[at] as PathStep).name, 400, this.#sight);
    switch (attribute.kind) {
      case 'storage':
        return this.#storageCriterion(attribute, criterion, at);
      case 'relatedEntity':
      case 'relatedEntities':
        return this.#relationCriterion(attribute, criterion, at);
      case 'alias':
        return this.#aliasCriterion(attribute, criterion, at);
      case 'calculated':
        return this.#calculatedCriterion(attribute, criterion, at);
      default:
        return attribute satisfies never;
    }
  }

  #relationCriterion(relation: RelationDef, criterion: Criterion, at: number): Predicate {
    const { steps } = criterion;
    const step = steps[at] as PathStep;
    if (step.element !== undefined) throw fail(1162, `${step.name} is a relation, not a collection`);
    const reference = referenceOf(steps, at);
    if (at + 1 === steps.length) return relationTest(relation, reference, criterion);
    return { kind: 'exists', relation, reference, where: this.#criterion(criterion, at + 1, relation.target) };
  }

  /** As its path: the entities on the way must exist (spec 04 §§ 4, 7). */
  #aliasCriterion(alias: AliasDef, criterion: Criterion, at: number): Predicate {
    if (alias.many && at + 1 === criterion.steps.length)
      return relationTest(alias, referenceOf(criterion.steps, at), criterion);
    const relations = alias.many ? alias.steps.slice(0, -1) : alias.steps;
    const end = alias.many ? (alias.steps.at(-1) as RelationDef) : alias.end;
    return existsAlong(relations, referenceOf(criterion.steps, at), this.#endCriterion(end, criterion, at));
  }

  #endCriterion(end: ToOneAliasDef['end'] | RelationDef, criterion: Criterion, at: number): Predicate {
    switch (end.kind) {
      case 'storage':
        return this.#storageCriterion(end, criterion, at, true);
      case 'calculated':
        return this.#calculatedCriterion(end, criterion, at);
      case 'relatedEntity':
      case 'relatedEntities':
        return this.#relationCriterion(end, criterion, at);
      default:
        return end satisfies never;
    }
  }

  /** Tested as a stored value would be, unless code answers for it (spec 15 §§ 7.3, 7.4). */
  #calculatedCriterion(attribute: CalculatedDef, criterion: Criterion, at: number): Predicate {
    const { steps, comparator, value, flag } = criterion;
    const { result, query, name } = attribute;
    const step = steps[at] as PathStep;
    const next = steps[at + 1];
    if (next || step.element !== undefined) throw fail(1162, `${name} is worked out by code, so nothing can follow it`);
    if (result.kind !== 'value' && !query) throw fail(1162, `${name} holds entities, and has no code for queries`);
    if (flag && (result.kind !== 'value' || result.shape.type !== 'bool'))
      throw fail(1112, `${name} is not followed by a comparator`);
    const test = result.kind === 'value' ? attributeTest(result.shape, comparator, value, this.#limits) : undefined;
    const shape = result.kind === 'value' ? result.shape : undefined;
    return {
      kind: 'calculated',
      attribute,
      operator: eventOperator(comparator),
      value: eventValue(shape, comparator, value),
      ...(test && { test }),
    };
  }

  /** @param aliased the step names an alias, whose relations take its reference */
  #storageCriterion(attribute: StorageDef, criterion: Criterion, at: number, aliased = false): Predicate {
    const { steps, comparator, value, flag } = criterion;
    const step = steps[at] as PathStep;
    if (attribute.type === 'object' && (at + 1 < steps.length || step.element !== undefined)) {
      const test = objectTest(attribute.name, comparator, value, this.#limits);
      return objectCriterion(attribute, steps.slice(at), test);
    }
    const next = steps[at + 1];
    if (next) throw fail(1500, `${step.name}.${next.name}`.slice(0, 100), attribute.owner.name).as(400);
    if ((step.reference !== undefined && !aliased) || step.element !== undefined) {
      throw fail(1162, `${step.name} is neither a relation nor a collection`);
    }
    if (flag && attribute.type !== 'bool') throw fail(1112, `${step.name} is not followed by a comparator`);
    return { kind: 'test', attribute, test: attributeTest(attribute, comparator, value, this.#limits) };
  }
}

/**
 * What tells the rows of a relation apart: its own `{n}` and those behind it, because an index on the last relation
 * fetches the whole chain anew.
 */
function referenceOf(steps: readonly PathStep[], at: number): string {
  const references = steps.slice(at).map((step) => step.reference ?? 0);
  while (references.at(-1) === 0) references.pop();
  return references.join('.');
}

const isNull = (text: string): boolean => text.toLowerCase() === 'null';

const written = (value: { readonly kind: 'bare' | 'quoted'; readonly text: string }): Given =>
  value.kind === 'bare' ? { bare: true, value: value.text } : { bare: false, value: value.text };

function scalar(value: ParamValue, name: string): Given {
  if (value === null || typeof value === 'object') throw fail(1280, `:${name} holds no simple value`);
  return { bare: false, value: typeof value === 'string' ? checkText(value) : value };
}

function checkText(text: string): string {
  if (text.includes('\0')) throw fail(1280, 'a text holds the character U+0000');
  return text;
}
