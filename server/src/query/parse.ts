// Text of a filter → FilterExpr, by the grammar of spec 04 § 1. Chains without parentheses are read left to right.
import { fail } from '../errors.ts';
import type { FilterExpr, FilterScalar, FilterValue, Operand, PathStep } from './filter-expr.ts';
import type { QueryLimits } from './limits.ts';
import type { Conjunction } from './tokens.ts';
import { Scanner } from './tokens.ts';

/** A filter as it was written; holds nothing of a model, so it can be kept by its text. */
export interface ParsedFilter {
  /** Absent: all entities. */
  readonly expr?: FilterExpr;
  /** What follows `order by`. */
  readonly order?: string;
  /** Different conjunctions stand side by side without parentheses; worth a remark in the log. */
  readonly mixed: boolean;
  /** Number of comparisons. */
  readonly terms: number;
}

/**
 * Reads a filter.
 * @throws KeystampError 400: 1112 comparator or conjunction, 1275 parentheses, 1278 formula, 1162 anything else and
 *   every limit (spec 04 § 10)
 */
export function parseFilter(text: string, limits: QueryLimits): ParsedFilter {
  if (text.length > limits.maxFilterLength) throw fail(1162, `longer than ${limits.maxFilterLength} characters`);
  return new Parser(text, limits).filter();
}

/**
 * Reads a path as placeholders on the left give it: `employer.name`, `spec.items[].price`, names with spaces included.
 * @throws KeystampError 1162
 */
export function parsePath(text: string): readonly PathStep[] {
  return text.split('.').map((part): PathStep => {
    const found = /^([^{}[\]]+?)(?:\{(-?\d{1,9})\})?(?:\[([a-z]?)\])?$/i.exec(part);
    if (!found?.[1]) throw fail(1162, `${text.slice(0, 40)} is no attribute path`);
    return makeStep(found[1], found[2], found[3]);
  });
}

function makeStep(name: string, reference: string | undefined, element: string | undefined): PathStep {
  if (reference !== undefined && Number(reference) === 0) throw fail(1162, `${name}{0}: a reference is never 0`);
  return {
    name,
    ...(reference === undefined ? {} : { reference: Number(reference) }),
    ...(element === undefined ? {} : { element: element.toLowerCase() }),
  };
}

class Parser {
  readonly #scan: Scanner;
  readonly #limits: QueryLimits;
  #terms = 0;
  #depth = 0;
  #mixed = false;

  constructor(text: string, limits: QueryLimits) {
    this.#scan = new Scanner(text);
    this.#limits = limits;
  }

  filter(): ParsedFilter {
    const scan = this.#scan;
    let order = scan.space().orderBy() ? this.#orderText() : undefined;
    let expr: FilterExpr | undefined;
    if (!scan.ended) {
      expr = this.#chain();
      if (scan.orderBy()) order = this.#orderText();
      else if (scan.take(')')) throw fail(1275, 'a ) closes nothing');
      else if (!scan.ended) throw fail(1112, scan.rest);
    }
    return {
      ...(expr ? { expr } : {}),
      ...(order === undefined ? {} : { order }),
      mixed: this.#mixed,
      terms: this.#terms,
    };
  }

  #orderText(): string {
    const order = this.#scan.text.slice(this.#scan.at).trim();
    if (order === '') throw fail(1162, 'nothing follows order by');
    this.#scan.at = this.#scan.text.length;
    return order;
  }

  #chain(): FilterExpr {
    const scan = this.#scan;
    const start = scan.at;
    const leading = scan.conjunction();
    if (leading && leading !== 'except') scan.at = start;
    let tree: FilterExpr = leading === 'except' ? { kind: 'not', part: this.#term() } : this.#term();
    let first: Conjunction | undefined = leading === 'except' ? leading : undefined;
    for (;;) {
      const conjunction = scan.space().conjunction();
      if (!conjunction) return tree;
      if (first !== undefined && first !== conjunction) this.#mixed = true;
      first ??= conjunction;
      tree = combine(conjunction, tree, this.#term());
    }
  }

  #term(): FilterExpr {
    const scan = this.#scan;
    const limits = this.#limits;
    if (this.#depth++ > limits.maxFilterDepth) throw fail(1162, `more than ${limits.maxFilterDepth} levels`);
    let expr: FilterExpr;
    if (scan.space().not()) expr = { kind: 'not', part: this.#term() };
    else if (scan.take('(')) {
      scan.space();
      expr = this.#chain();
      if (!scan.space().take(')')) throw scan.ended ? fail(1275, 'a ) is missing') : fail(1112, scan.rest);
    } else expr = this.#comparison();
    this.#depth--;
    return expr;
  }

  #comparison(): FilterExpr {
    const scan = this.#scan;
    const limits = this.#limits;
    if (++this.#terms > limits.maxFilterTerms) throw fail(1162, `more than ${limits.maxFilterTerms} comparisons`);
    if (scan.formula()) throw fail(1278);
    const left = this.#operand();
    const start = scan.at;
    const comparator = scan.space().comparator();
    if (comparator) return { kind: 'compare', left, comparator, right: this.#value() };
    // Alone, unless what follows is no conjunction: the callers then say 1112.
    scan.at = start;
    return { kind: 'flag', left };
  }

  #operand(): Operand {
    const scan = this.#scan;
    const placeholder = scan.placeholder();
    if (placeholder !== undefined) return { kind: 'placeholder', name: placeholder };
    const steps: PathStep[] = [];
    do {
      if (steps.length === this.#limits.maxFilterDepth) throw fail(1162, 'a path has too many steps');
      steps.push(this.#step(steps.length === 0));
    } while (scan.take('.'));
    return { kind: 'path', steps };
  }

  #step(first: boolean): PathStep {
    const scan = this.#scan;
    const name = scan.name();
    // An attribute of such a name is reached through a placeholder.
    if (first && name !== undefined && /^(?:and|or|except|not)$/i.test(name)) throw fail(1162, `${name} joins nothing`);
    if (name === undefined) {
      if (scan.take(')')) throw fail(1275, 'a ) comes where a comparison is expected');
      throw fail(1162, scan.ended ? 'it ends where a comparison is expected' : `${scan.rest} is no attribute`);
    }
    const reference = scan.take('{') ? this.#inside('}', /^-?\d{1,9}$/) : undefined;
    const element = scan.take('[') ? this.#inside(']', /^[a-z]?$/i) : undefined;
    return makeStep(name, reference, element);
  }

  #inside(end: string, allowed: RegExp): string {
    const scan = this.#scan;
    const stop = scan.text.indexOf(end, scan.at);
    const text = scan.text.slice(scan.at, stop).trim();
    if (stop < 0 || !allowed.test(text)) throw fail(1162, `${scan.rest} is no reference or element`);
    scan.at = stop + 1;
    return text;
  }

  #value(): FilterValue {
    const scan = this.#scan;
    if (scan.space().take('[')) return this.#list();
    const scalar = this.#quotedOrPlaceholder();
    if (scalar) return scalar;
    const start = scan.at;
    const text = scan.bare();
    if (text === '') throw fail(1162, `${scan.text.slice(start, start + 40)} is no value`);
    if (text.includes('\0')) throw fail(1162, 'a value holds the character U+0000');
    return /^(?:\$|eval\s*)\(/i.test(text) ? refuseFormula() : { kind: 'bare', text };
  }

  #quotedOrPlaceholder(): FilterScalar | undefined {
    const quoted = this.#scan.quoted();
    if (quoted?.includes('\0')) throw fail(1162, 'a value holds the character U+0000');
    if (quoted !== undefined) return { kind: 'quoted', text: quoted };
    const placeholder = this.#scan.placeholder();
    return placeholder === undefined ? undefined : { kind: 'placeholder', name: placeholder };
  }

  #list(): FilterValue {
    const scan = this.#scan;
    const limits = this.#limits;
    const items: FilterScalar[] = [];
    if (scan.space().take(']')) return { kind: 'list', items };
    do {
      if (items.length === limits.maxFilterTerms)
        throw fail(1162, `a list of more than ${limits.maxFilterTerms} items`);
      scan.space();
      const item = this.#quotedOrPlaceholder() ?? { kind: 'bare', text: scan.bareItem() };
      if (item.kind === 'bare' && (item.text === '' || /[[\0]/.test(item.text)))
        throw fail(1162, 'a list has a bad item');
      items.push(item);
    } while (scan.space().take(','));
    if (!scan.take(']')) throw fail(1162, scan.ended ? 'a list has no ]' : `${scan.rest} does not belong in a list`);
    return { kind: 'list', items };
  }
}

function refuseFormula(): never {
  throw fail(1278);
}

/** `AND` and `OR` are associative, so that chains of one kind become one flat node. */
function combine(conjunction: Conjunction, left: FilterExpr, right: FilterExpr): FilterExpr {
  if (conjunction === 'except') return { kind: 'except', from: left, without: right };
  return {
    kind: conjunction,
    parts: [
      ...(left.kind === conjunction ? left.parts : [left]),
      ...(right.kind === conjunction ? right.parts : [right]),
    ],
  };
}
