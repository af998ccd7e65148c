// The sample's model without what conversations about other things are better without: numbers of changes, and values
// that are not stored.
import type { ModelDefinition } from 'keystamp';
import { isImplemented, markImplemented } from '../../src/model/code.ts';

type Attributes = ModelDefinition['dataClasses'][string]['attributes'];

/** The same model, with its code if it has some, without `track`. */
export const untracked = (exported: unknown): unknown => changed(exported, (attributes) => attributes);

/** Without `track`, calculated and alias attributes: what a table and its relations hold. */
export const bare = (exported: unknown): unknown =>
  changed(exported, (attributes) =>
    Object.fromEntries(Object.entries(attributes).filter(([, { kind }]) => kind !== 'calculated' && kind !== 'alias')),
  );

function changed(exported: unknown, keep: (attributes: Attributes) => Attributes): unknown {
  if (isImplemented(exported)) return markImplemented(changedModel(exported.model, keep), exported.code);
  return changedModel(exported as ModelDefinition, keep);
}

const changedModel = ({ dataClasses, ...model }: ModelDefinition, keep: (attributes: Attributes) => Attributes) => ({
  ...model,
  dataClasses: Object.fromEntries(
    Object.entries(dataClasses).map(([name, { track: _track, attributes, ...dataClass }]) => [
      name,
      { ...dataClass, attributes: keep(attributes) },
    ]),
  ),
});
