// Patterns of attributes, met by texts of clients: an expression that backtracks too much is broken off.
import { createContext, Script, type Context } from 'node:vm';

/** The whole value must match (spec 15 § 5). @throws SyntaxError for a text that is no regular expression */
export const wholePattern = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`, 'u');

/** What matching one text may take. */
const longestMs = 100;
/** On a machine that gives this process no time it passes all the same: so often it is looked again. */
const mostTries = 5;
/** Steps that surely take no time worth watching. */
const fewSteps = 100_000;

/** A quantifier behind a group, which may try the same text in many ways, or a reference back. */
const entangled = /\)[*+{]|\\[1-9k]/;
const unbounded = /[*+]|\{\d+,\}/g;

/** Steps at most that the pattern takes for a text of that length, as far as its look tells. */
function stepsOf({ source }: RegExp, length: number): number {
  if (entangled.test(source)) return Infinity;
  return Math.max(1, length) ** (source.match(unbounded)?.length ?? 0);
}

let watched: Context | undefined;
const test = new Script('pattern.test(text)');

/** Whether the text matches; one that cannot be decided in time does not. */
export function matchesPattern(pattern: RegExp, text: string): boolean {
  if (text.length <= 1 || stepsOf(pattern, text.length) <= fewSteps) return pattern.test(text);
  watched ??= createContext({});
  Object.assign(watched, { pattern, text });
  try {
    for (let tries = 1; ; tries++) {
      const begun = process.cpuUsage();
      try {
        return test.runInContext(watched, { timeout: longestMs }) as boolean;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
        const usedMs = process.cpuUsage(begun).user / 1000;
        if (usedMs > longestMs / 2 || tries === mostTries) return false;
      }
    }
  } finally {
    Object.assign(watched, { pattern: undefined, text: '' });
  }
}
