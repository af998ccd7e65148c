// Keeps the values of parameters from SQLite's planner. Built with STAT4, it plans a statement anew whenever a parameter
// changes that its planner has looked at; for a join or a page that costs many times the look-up itself.

/** What stands in quotes stays as it is, then the placeholders. */
const quotedOrPlaceholder = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\?/g;

/** The statement with `+?` for every `?`: the same value, but no longer a plain parameter that the planner looks at. */
export const hideParameters = (text: string): string =>
  text.replace(quotedOrPlaceholder, (found) => (found === '?' ? '+?' : found));
