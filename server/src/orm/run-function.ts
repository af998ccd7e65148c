// Runs a function of the author with the privileges that the roles file lends to it (spec 14 § 6).
import type { FunctionDef } from '../model/code-defs.ts';
import { functionResource } from '../session/sight.ts';
import { callIfAny } from './current-call.ts';

/** @param self what `this` is */
export function runFunction(fn: FunctionDef, self: unknown, parameters: readonly unknown[]): unknown {
  const call = callIfAny();
  const lent = call?.services.roles.promotionsOf(fn, functionResource) ?? [];
  const run = (): unknown => fn.run.apply(self, parameters as unknown[]);
  return call && lent.length > 0 ? call.lending(lent, run) : run();
}
