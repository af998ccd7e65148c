// The full name of a person in filters and orders: `Ada Jou@` is a first and a last name, `ada` may be either.
import type { OrderByEvent, QueryEvent } from 'keystamp';

interface Answer {
  readonly query: string;
  readonly parameters: readonly string[];
}

/** The filter over `firstName` and `lastName` that stands for one over `fullName`. */
export function queryFullName({ operator, value }: QueryEvent<string>): Answer | string {
  if (value === null) return operator.startsWith('!') ? 'ID != null' : '';
  if (operator === 'IN') return anyOf((value as readonly string[]).map((each) => named('==', each)));
  const name = String(value);
  switch (operator) {
    case '==':
    case '===':
      return named(operator, name);
    case '!=':
    case '!==': {
      const { query, parameters } = named(operator === '!=' ? '==' : '===', name);
      return { query: `NOT (${query})`, parameters };
    }
    case '%':
      return { query: 'firstName % :1 OR lastName % :1', parameters: [name] };
    default:
      // Sizes follow the order below: the last name tells.
      return { query: `lastName ${operator} :1`, parameters: [name.split(' ').at(-1) ?? name] };
  }
}

/** People stand by last name, as in a register. */
export const orderFullName = ({ operator }: OrderByEvent): string => `lastName ${operator}, firstName ${operator}`;

/** A name may be cut at any of its spaces: `Ana Maria Silva` is `Ana` and `Maria Silva`, or `Ana Maria` and `Silva`. */
function named(operator: '==' | '===', name: string): Answer {
  const words = name.split(' ');
  if (words.length === 1) return { query: `firstName ${operator} :1 OR lastName ${operator} :1`, parameters: [name] };
  return anyOf(
    words.slice(1).map((_, at) => ({
      query: `firstName ${operator} :1 AND lastName ${operator} :2`,
      parameters: [words.slice(0, at + 1).join(' '), words.slice(at + 1).join(' ')],
    })),
  );
}

/** One of the answers; their placeholders are numbered on. */
function anyOf(answers: readonly Answer[]): Answer {
  const parameters: string[] = [];
  const parts = answers.map((each) => {
    const before = parameters.length;
    parameters.push(...each.parameters);
    return `(${each.query.replace(/:(\d+)/g, (_, number) => `:${before + Number(number)}`)})`;
  });
  return { query: parts.join(' OR '), parameters };
}
