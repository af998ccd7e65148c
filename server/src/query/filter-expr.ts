// What a filter says, before anyone knows the model: the tree that parse.ts makes and bind.ts reads (spec 04 § 1).
import type { Comparator } from './operators.ts';
import { operators } from './operators.ts';

/** One step of a path: `staff`, `staff{2}`, `tags[]`, `items[a]`. */
export interface PathStep {
  readonly name: string;
  /** `{n}`: another row of the same relation; never 0. */
  readonly reference?: number;
  /** `[]` is the empty text, `[a]` the letter in lower case. */
  readonly element?: string;
}

/** `:1`, `:name`, `:a.b`. */
export interface Placeholder {
  readonly kind: 'placeholder';
  /** Without the colon. */
  readonly name: string;
}

/** What stands left of a comparator. */
export type Operand = { readonly kind: 'path'; readonly steps: readonly PathStep[] } | Placeholder;

/** One written value: bare text is typed by what it looks like, quoted text is a string. */
export type FilterScalar =
  { readonly kind: 'bare'; readonly text: string } | { readonly kind: 'quoted'; readonly text: string } | Placeholder; // oxfmt-ignore

/** What stands right of a comparator. */
export type FilterValue = FilterScalar | { readonly kind: 'list'; readonly items: readonly FilterScalar[] };

export type FilterExpr =
  | { readonly kind: 'and'; readonly parts: readonly FilterExpr[] }
  | { readonly kind: 'or'; readonly parts: readonly FilterExpr[] }
  /** The entities of `from` that are not in `without`, those where `without` is unknown included. */
  | { readonly kind: 'except'; readonly from: FilterExpr; readonly without: FilterExpr }
  | { readonly kind: 'not'; readonly part: FilterExpr }
  | {
      readonly kind: 'compare';
      readonly left: Operand;
      readonly comparator: Comparator;
      readonly right: FilterValue;
    }
  /** A boolean attribute alone. */
  | { readonly kind: 'flag'; readonly left: Operand };

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function printValue(value: FilterValue): string {
  switch (value.kind) {
    case 'bare':
      return value.text;
    case 'quoted':
      return quote(value.text);
    case 'placeholder':
      return `:${value.name}`;
    case 'list':
      return `[${value.items.map(printValue).join(', ')}]`;
    default:
      return value satisfies never;
  }
}

function printOperand(operand: Operand): string {
  if (operand.kind === 'placeholder') return `:${operand.name}`;
  return operand.steps
    .map(({ name, reference, element }) =>
      [name, reference === undefined ? '' : `{${reference}}`, element === undefined ? '' : `[${element}]`].join(''),
    )
    .join('.');
}

/** The filter as text, every combination in parentheses, so that nobody has to know the order of evaluation. */
export function printFilter(expr: FilterExpr): string {
  switch (expr.kind) {
    case 'and':
      return `(${expr.parts.map(printFilter).join(' AND ')})`;
    case 'or':
      return `(${expr.parts.map(printFilter).join(' OR ')})`;
    case 'except':
      return `(${printFilter(expr.from)} EXCEPT ${printFilter(expr.without)})`;
    case 'not':
      return `NOT ${expr.part.kind === 'not' ? `(${printFilter(expr.part)})` : printFilter(expr.part)}`;
    case 'compare':
      return `(${printOperand(expr.left)} ${operators[expr.comparator].spellings[0]} ${printValue(expr.right)})`;
    case 'flag':
      return `(${printOperand(expr.left)})`;
    default:
      return expr satisfies never;
  }
}
