// Tests of a column that another program made, on the column itself, so that its index serves; only such tests and values
// with which that gives what testing the shown value gives.
import type { ColumnForm } from '../../model/column-form.ts';
import type { StorageDef, Value } from '../../model/model.ts';
import type { Comparison } from '../../query/operators.ts';
import type { Test } from '../../query/predicate.ts';
import { asStored, comparesExactly, formOf, foundIn } from './column-form.ts';
import type { FilterDialect } from './filter-dialect.ts';
import { comparisons } from './operators.ts';
import { sql, type Sql } from './sql.ts';

/** @returns `undefined` when the shown value must be tested */
export function testStored(
  test: Test<Value>,
  attribute: StorageDef,
  alias: string,
  dialect: FilterDialect,
): Sql | undefined {
  if (!attribute.stored) return undefined;
  const held = foundIn(attribute, alias);
  const found = testColumn(test, attribute, held, dialect);
  const isShown = range(attribute.stored.form, held);
  // Nothing is known of what is shown as null, below a NOT too.
  return found && isShown ? sql`(${found} AND (${isShown} OR NULL))` : found;
}

/** Infinity and years that no value has are shown as null. */
function range(form: ColumnForm, held: Sql): Sql | undefined {
  switch (form) {
    case 'day':
      return sql`${held} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'`;
    case 'instant':
      return sql`${held} >= TIMESTAMPTZ '0001-01-01 00:00+00' AND ${held} < TIMESTAMPTZ '10000-01-01 00:00+00'`;
    case 'localInstant':
      return sql`${held} >= TIMESTAMP '0001-01-01' AND ${held} < TIMESTAMP '10000-01-01'`;
    default:
      return undefined;
  }
}

function testColumn(test: Test<Value>, attribute: StorageDef, held: Sql, dialect: FilterDialect): Sql | undefined {
  const form = attribute.stored?.form;
  switch (test.kind) {
    case 'compare':
      if (!fits(attribute, test.value)) return undefined;
      if (form === 'instant' || form === 'localInstant')
        return compareInstant(test.comparison, attribute, held, Number(test.value));
      if (form === 'boolean' && test.comparison !== '=' && test.comparison !== '!=') return undefined;
      return comparesExactly(attribute)
        ? sql`${held} ${comparisons[test.comparison]} ${asStored(attribute, sql`${test.value}`)}`
        : undefined;
    case 'in':
    case 'identity': {
      const { values } = test;
      if (!comparesExactly(attribute) || values.length === 0 || !values.every((value) => fits(attribute, value)))
        return undefined;
      if (test.kind === 'in' && test.patterns.length > 0) return undefined;
      const among = dialect.oneOf(held, values, formOf(attribute));
      return test.kind === 'identity' && test.negated ? sql`NOT (${among})` : among;
    }
    default:
      return undefined;
  }
}

/** A column may hold microseconds, of which the millisecond is seen. */
function compareInstant(comparison: Comparison, attribute: StorageDef, held: Sql, value: number): Sql {
  const at = asStored(attribute, sql`${value}`);
  const next = asStored(attribute, sql`${value + 1}`);
  switch (comparison) {
    case '=':
      return sql`(${held} >= ${at} AND ${held} < ${next})`;
    case '!=':
      return sql`(${held} < ${at} OR ${held} >= ${next})`;
    case '<':
      return sql`${held} < ${at}`;
    case '<=':
      return sql`${held} < ${next}`;
    case '>':
      return sql`${held} >= ${next}`;
    case '>=':
      return sql`${held} >= ${at}`;
    default:
      return comparison satisfies never;
  }
}

const firstInstant = Date.parse('0001-01-01T00:00:00Z');
const lastInstant = Date.parse('9999-12-31T23:59:59Z');

/** Whether the database can make the value what the column holds. */
function fits({ stored, type }: StorageDef, value: Value): boolean {
  switch (stored?.form) {
    case 'boolean':
      return typeof value === 'boolean' || value === 0 || value === 1;
    case 'day':
      return typeof value === 'string' && isDay(value);
    case 'instant':
    case 'localInstant':
      return Number.isSafeInteger(value) && Number(value) >= firstInstant && Number(value) <= lastInstant;
    case 'numeric':
      return type === 'number' ? Number.isFinite(value) : Number.isSafeInteger(value) || typeof value === 'bigint';
    case 'uuid':
      return typeof value === 'string' && /^[0-9A-F]{32}$/.test(value);
    default:
      return false;
  }
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || text.startsWith('0000')) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
