// The sample's classes number their changes. Conversations that are not about that leave the numbers out.
import type { ModelDefinition } from 'keystamp';
import { isImplemented, markImplemented } from '../../src/model/code.ts';

/** The same model, with its code if it has some, without `track`. */
export function untracked(exported: unknown): unknown {
  if (isImplemented(exported)) return markImplemented(withoutTrack(exported.model), exported.code);
  return withoutTrack(exported as ModelDefinition);
}

const withoutTrack = ({ dataClasses, ...model }: ModelDefinition): ModelDefinition => ({
  ...model,
  dataClasses: Object.fromEntries(
    Object.entries(dataClasses).map(([name, { track: _track, ...dataClass }]) => [name, dataClass]),
  ),
});
