// What a filter means, written for reading and not for speed: rows are plain objects, logic is true, false, null.
// Shares nothing with the way from predicate to SQL but fold() and the splitting of words.
import type { FilterExpr, FilterScalar, PathStep } from '../../../src/query/filter-expr.ts';
import type { Comparator } from '../../../src/query/operators.ts';
import { fold } from '../../../src/store/sql/fold.ts';
import { wordsOf } from '../../../src/store/sql/words.ts';
import type { SampleData, SampleRow } from './sample-model.ts';

type Truth = boolean | null;

const not = (truth: Truth): Truth => (truth === null ? null : !truth);
const and = (truths: readonly Truth[]): Truth => (truths.includes(false) ? false : truths.includes(null) ? null : true);
const or = (truths: readonly Truth[]): Truth => (truths.includes(true) ? true : truths.includes(null) ? null : false);

/** Where a path starts: an entity, or an element of a collection. */
type Scope =
  | { readonly kind: 'entity'; readonly dataClass: string; readonly row: SampleRow }
  | { readonly kind: 'value'; readonly value: unknown };

interface Relation {
  readonly to: string;
  readonly many: boolean;
  readonly foreignKey: string;
}

/** A path that leads to other rows, or to the elements of a collection, first; wherever it starts. */
interface Jump {
  readonly key: string | undefined;
  readonly to: Relation | { readonly collection: readonly PathStep[] };
  readonly rest: readonly PathStep[];
  readonly element: string | undefined;
}

const relations: Record<string, Record<string, Relation>> = {
  Company: { staff: { to: 'Employee', many: true, foreignKey: 'companyID' } },
  Employee: {
    employer: { to: 'Company', many: false, foreignKey: 'companyID' },
    manager: { to: 'Employee', many: false, foreignKey: 'managerID' },
    reports: { to: 'Employee', many: true, foreignKey: 'managerID' },
  },
};

const types: Record<string, string> = {
  active: 'bool',
  salary: 'number',
  rank: 'number',
  ID: 'number',
  birthDate: 'day',
  hired: 'instant',
  token: 'uuid',
  spec: 'object',
};

type Leaf = Extract<FilterExpr, { kind: 'compare' }>;

export class SlowEvaluator {
  private readonly data: SampleData;
  // A filter is asked of every row: what does not depend on the row is found once.
  private readonly jumps: Record<string, WeakMap<Leaf, { readonly jump: Jump | undefined }>> = {};
  private readonly strips: Record<string, WeakMap<FilterExpr, FilterExpr>> = {};
  private readonly relatives = new Map<Relation, WeakMap<SampleRow, readonly Scope[]>>();

  constructor(data: SampleData) {
    this.data = data;
  }

  keys(expr: FilterExpr, dataClass: 'Company' | 'Employee'): number[] {
    return this.data[dataClass]
      .filter((row) => this.truth(expr, { kind: 'entity', dataClass, row }) === true)
      .map((row) => Number(row['ID']))
      .sort((a, b) => a - b);
  }

  private truth(expr: FilterExpr, scope: Scope): Truth {
    switch (expr.kind) {
      case 'or':
        return or(expr.parts.map((part) => this.truth(part, scope)));
      case 'not':
        return not(this.truth(expr.part, scope));
      case 'except':
        return and([this.truth(expr.from, scope), this.truth(expr.without, scope) !== true]);
      case 'and':
        return this.together(expr.parts, scope);
      case 'flag':
      case 'compare':
        return this.together([asCompare(expr)], scope);
      default:
        return expr satisfies never;
    }
  }

  /** Criteria joined by AND: those that jump to the same place are asked of one row there. */
  private together(exprs: readonly FilterExpr[], scope: Scope): Truth {
    const groups = new Map<string, FilterExpr[]>();
    const truths: Truth[] = [];
    for (const expr of exprs) {
      const key = this.commonKey(expr, scope);
      if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), expr]);
      else truths.push(expr.kind === 'compare' ? this.single(expr, scope) : this.truth(expr, scope));
    }
    for (const members of groups.values()) {
      const jump = this.jump(firstLeaf(members[0] as FilterExpr), scope) as Jump;
      truths.push(this.some(jump, members, scope));
    }
    return and(truths);
  }

  private some(jump: Jump, members: readonly FilterExpr[], scope: Scope): Truth {
    const targets = this.targets(jump, scope);
    if (targets === undefined) return null;
    const stripped = members.map((member) => this.strip(member, scope));
    return targets.some((target) => this.together(stripped, target) === true);
  }

  private commonKey(expr: FilterExpr, scope: Scope): string | undefined {
    if (expr.kind === 'flag' || expr.kind === 'compare') return this.jump(asCompare(expr), scope)?.key;
    if (expr.kind !== 'and' && expr.kind !== 'or') return undefined;
    const keys = new Set(expr.parts.map((part) => this.commonKey(part, scope)));
    return keys.size === 1 ? [...keys][0] : undefined;
  }

  private strip(expr: FilterExpr, scope: Scope): FilterExpr {
    const known = (this.strips[nameOf(scope)] ??= new WeakMap());
    let stripped = known.get(expr);
    if (!stripped) known.set(expr, (stripped = this.findStripped(expr, scope)));
    return stripped;
  }

  private findStripped(expr: FilterExpr, scope: Scope): FilterExpr {
    if (expr.kind === 'and' || expr.kind === 'or')
      return { kind: expr.kind, parts: expr.parts.map((part) => this.strip(part, scope)) };
    const leaf = asCompare(expr);
    return { ...leaf, left: { kind: 'path', steps: (this.jump(leaf, scope) as Jump).rest } };
  }

  private jump(leaf: Leaf, scope: Scope): Jump | undefined {
    const known = (this.jumps[nameOf(scope)] ??= new WeakMap());
    let found = known.get(leaf);
    if (!found) known.set(leaf, (found = { jump: findJump(leaf, scope) }));
    return found.jump;
  }

  private targets({ to }: Jump, scope: Scope): readonly Scope[] | undefined {
    if (!('collection' in to)) return scope.kind === 'entity' ? this.related(scope.row, to) : undefined;
    const collection = this.value(to.collection, scope);
    return Array.isArray(collection) ? collection.map((value): Scope => ({ kind: 'value', value })) : undefined;
  }

  private related(row: SampleRow, relation: Relation): readonly Scope[] {
    let known = this.relatives.get(relation);
    if (!known) this.relatives.set(relation, (known = new WeakMap()));
    let scopes = known.get(row);
    if (!scopes) {
      const rows = this.data[relation.to as keyof SampleData];
      const found = relation.many
        ? rows.filter((other) => other[relation.foreignKey] === row['ID'])
        : rows.filter((other) => other['ID'] === row[relation.foreignKey]);
      known.set(row, (scopes = found.map((other) => ({ kind: 'entity', dataClass: relation.to, row: other }))));
    }
    return scopes;
  }

  private value(steps: readonly PathStep[], scope: Scope): unknown {
    let value: unknown = scope.kind === 'entity' ? scope.row : scope.value;
    for (const { name } of steps) {
      if (Array.isArray(value) && name === 'length') value = value.length;
      else
        value =
          typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
            ? (value as SampleRow)[name]
            : null;
    }
    return value ?? null;
  }

  private single(leaf: Leaf, scope: Scope): Truth {
    const jump = this.jump(leaf, scope);
    if (jump?.element === '' && (leaf.comparator === 'unlike' || leaf.comparator === 'different')) {
      return not(this.single({ ...leaf, comparator: leaf.comparator === 'unlike' ? 'like' : 'equal' }, scope));
    }
    if (jump) return this.some(jump, [leaf], scope);
    const steps = stepsOf(leaf);
    // The row itself was asked for: `staff != null`.
    if (steps.length === 0 && scope.kind === 'entity') return true;
    const [first] = steps;
    const relation = scope.kind === 'entity' && first ? relations[scope.dataClass]?.[first.name] : undefined;
    if (relation && scope.kind === 'entity') {
      const value = relation.many
        ? this.related(scope.row, relation).length > 0
          ? 1
          : null
        : scope.row[relation.foreignKey];
      return compareValue(value ?? null, 'number', leaf);
    }
    const typed = scope.kind === 'entity' && steps.length === 1 ? (types[first?.name ?? ''] ?? 'text') : 'json';
    return compareValue(this.value(steps, scope), typed, leaf);
  }
}

/** What rows of a scope have in common. */
const nameOf = (scope: Scope): string => (scope.kind === 'entity' ? scope.dataClass : 'value');

function findJump(leaf: Leaf, scope: Scope): Jump | undefined {
  const steps = stepsOf(leaf);
  const [first] = steps;
  if (scope.kind === 'entity' && first) {
    const relation = relations[scope.dataClass]?.[first.name];
    if (relation && (steps.length > 1 || (relation.many && leaf.comparator === 'unlike'))) {
      const references = steps
        .map((step) => step.reference ?? 0)
        .join('.')
        .replace(/(\.?0)+$/, '');
      return { key: `row ${first.name} ${references}`, to: relation, rest: steps.slice(1), element: undefined };
    }
  }
  const at = steps.findIndex((step) => step.element !== undefined);
  const step = steps[at];
  if (!step) return undefined;
  const collection = steps.slice(0, at + 1);
  const key = step.element === '' ? undefined : `element ${step.element} ${JSON.stringify(collection.map(({ name }) => name))}`; // oxfmt-ignore
  return { key, to: { collection }, rest: steps.slice(at + 1), element: step.element };
}

const flags = new WeakMap<FilterExpr, Leaf>();

function asCompare(expr: FilterExpr): Leaf {
  if (expr.kind === 'compare') return expr;
  if (expr.kind !== 'flag') throw new TypeError(expr.kind);
  let leaf = flags.get(expr);
  if (!leaf)
    flags.set(
      expr,
      (leaf = { kind: 'compare', left: expr.left, comparator: 'equal', right: { kind: 'bare', text: 'true' } }),
    );
  return leaf;
}

const firstLeaf = (expr: FilterExpr): Leaf =>
  expr.kind === 'and' || expr.kind === 'or' ? firstLeaf(expr.parts[0] as FilterExpr) : asCompare(expr);

function stepsOf(leaf: Leaf): readonly PathStep[] {
  if (leaf.left.kind !== 'path') throw new TypeError('placeholders are not for the slow evaluator');
  return leaf.left.steps;
}

function compareValue(value: unknown, type: string, { comparator, right }: Leaf): Truth {
  if (right.kind === 'bare' && right.text === 'null')
    return (value === null) === (comparator === 'like' || comparator === 'equal');
  if (value === null) return null;
  if (right.kind === 'list') {
    const items = right.items.filter((item) => !(item.kind === 'bare' && item.text === 'null'));
    return items.some((item) => compareScalar(value, type, 'like', item) === true);
  }
  return compareScalar(value, type, comparator, right);
}

function compareScalar(value: unknown, type: string, comparator: Comparator, right: FilterScalar): boolean {
  if (right.kind === 'placeholder') throw new TypeError('placeholders are not for the slow evaluator');
  const { text } = right;
  if (comparator === 'unlike') return !compareScalar(value, type, 'like', right);
  if (comparator === 'different') return !compareScalar(value, type, 'equal', right);
  if (comparator === 'like' && /^[@*]+$/.test(text)) return true;
  if (comparator === 'word') {
    const words = typeof value === 'string' ? wordsOf(value) : [];
    const asked = wordsOf(text.replace(/[@*]+$/, ''));
    return (
      asked.length > 0 &&
      asked.every((word, i) =>
        words.some((one) => (i === asked.length - 1 && /[@*]$/.test(text) ? one.startsWith(word) : one === word)),
      )
    );
  }
  if (comparator === 'begin') return compareScalar(value, type, 'like', { kind: 'quoted', text: `${text}@` });
  let a: unknown = value;
  let b: unknown;
  if (type === 'json') {
    b =
      right.kind === 'quoted'
        ? text
        : text === 'true'
          ? true
          : text === 'false'
            ? false
            : /^-?[\d.]+$/.test(text)
              ? Number(text)
              : text;
    if (typeof a !== typeof b) return false;
    if (typeof b === 'string') type = 'text';
  } else if (type === 'bool') b = text === 'true';
  else if (type === 'number') b = Number(text);
  else if (type === 'instant') b = Date.parse(/T/.test(text) ? text : `${text}T00:00:00Z`);
  else if (type === 'uuid') b = text.replaceAll('-', '').toUpperCase();
  else b = text;
  if (type === 'text') {
    if (comparator === 'like' && /[@*]/.test(text)) return matches(fold(String(a)), text);
    a = codePoints(fold(String(a)));
    b = codePoints(fold(text));
  }
  const x = a as number;
  const y = b as number;
  switch (comparator) {
    case 'less':
      return x < y;
    case 'lessOrEqual':
      return x <= y;
    case 'greater':
      return x > y;
    case 'greaterOrEqual':
      return x >= y;
    default:
      return x === y;
  }
}

/** A text whose JavaScript order is that of code points. */
const codePoints = (text: string): string =>
  [...text].map((one) => (one.codePointAt(0) as number).toString(16).padStart(6, '0')).join('');

/** Every way to let wildcards stand for something, tried one after the other. */
function matches(folded: string, pattern: string): boolean {
  const at = pattern.search(/[@*]/);
  if (at < 0) return folded === fold(pattern);
  const head = fold(pattern.slice(0, at));
  if (!folded.startsWith(head)) return false;
  const rest = pattern.slice(at + 1);
  for (let i = head.length; i <= folded.length; i++) if (matches(folded.slice(i), rest)) return true;
  return false;
}
