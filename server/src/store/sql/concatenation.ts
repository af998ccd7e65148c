// `concat(…)` of SQL. Each call copies its text, so what is concatenated inside another concatenation joins it, and literals
// that become neighbours become one.
import { Literal } from './columns.ts';
import { join, sql, Sql } from './sql.ts';

/** A call of `concat`, which knows its arguments. */
class Concatenation extends Sql {
  readonly parts: readonly Sql[];

  constructor({ text, params }: Sql, parts: readonly Sql[]) {
    super(text, params);
    this.parts = parts;
  }
}

/**
 * The texts one after the other; null counts as nothing.
 * @param mostArguments that a function of the database takes
 */
export function concatenation(parts: readonly Sql[], mostArguments: number): Sql {
  const all: Sql[] = [];
  for (const part of parts.flatMap((each) => (each instanceof Concatenation ? each.parts : [each]))) {
    const before = all.at(-1);
    if (part instanceof Literal && before instanceof Literal)
      all[all.length - 1] = new Literal(before.content + part.content);
    else all.push(part);
  }
  return new Concatenation(call(all, mostArguments), all);
}

function call(parts: readonly Sql[], mostArguments: number): Sql {
  if (parts.length <= mostArguments) return sql`concat(${join(parts, ', ')})`;
  const groups = Array.from({ length: Math.ceil(parts.length / mostArguments) }, (_, i) =>
    call(parts.slice(i * mostArguments, (i + 1) * mostArguments), mostArguments),
  );
  return call(groups, mostArguments);
}
