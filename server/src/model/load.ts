// Model file → Model. Every fault is found in one pass and told with its path.
import { addAliases, addCalculated, addToMany, addToOne } from './attribute-defs.ts';
import { checkCalculated, checkCode } from './check-code.ts';
import { checkDefinition } from './check.ts';
import { directoryDef, eventsDef, functionMap, singletonDef } from './code-defs.ts';
import { isImplemented } from './code.ts';
import type { DataClassDefinition, ModelDefinition } from './definition.ts';
import { draftClass, type DraftClass } from './draft-class.ts';
import { ModelError } from './model-error.ts';
import type { Model } from './model.ts';
import type { IsClass } from './parameter-type.ts';
import { addStorage } from './storage-defs.ts';
import { deletedRecordsDefinition, deletedRecordsName } from './tracking.ts';

/**
 * Builds the model from what the model file exports: a plain model, or a model with its code (`implement`).
 * @throws ModelError with all faults (DECISIONS P11)
 */
export function buildModel(exported: unknown): Model {
  const { model: definition, code } = isImplemented(exported) ? exported : { model: exported, code: undefined };
  const found = checkDefinition(definition);
  const ofCode = code === undefined ? [] : checkCode(code, definition);
  const faults = [...found, ...ofCode, ...checkCalculated(code, definition)];
  if (faults.length > 0) throw new ModelError(faults);
  const { name, dataClasses: definitions } = definition as ModelDefinition;
  const isClass: IsClass = (name) => Object.hasOwn(definitions, name);
  const classes = new Map<string, DraftClass>();
  for (const [name, definition] of Object.entries(definitions))
    classes.set(name, draftClass(name, definition, classes.size + 1, code ?? {}, isClass));
  for (const add of attributeSteps)
    for (const [name, owner] of classes) add(owner, definitions[name] as DataClassDefinition, classes, definitions);
  for (const made of classes.values()) {
    const events = eventsDef(made);
    if (events) made.events = events;
  }
  addDeletedRecords(classes);
  return {
    name: name ?? 'datastore',
    dataClasses: classes,
    functions: functionMap(code?.functions, isClass, 'dataStore'),
    singletons: new Map(
      Object.entries(code?.singletons ?? {}).map(([name, made]) => [name, singletonDef(name, made, isClass)]),
    ),
    ...(code?.directory && { directory: directoryDef(code.directory) }),
    definition: definition as object,
  };
}

/** What the attributes of all classes are made in: each step needs those before it to be done for every class. */
const attributeSteps = [addStorage, addToOne, addToMany, addCalculated, addAliases, orderAttributes] as const;

/** `__DeletedRecords`, the last class, when the changes of any are numbered. */
function addDeletedRecords(classes: Map<string, DraftClass>): void {
  if (!classes.values().some(({ tracking }) => tracking === 'changes')) return;
  const made = draftClass(deletedRecordsName, deletedRecordsDefinition, classes.size + 1, {}, () => false);
  made.tracking = 'deletions';
  addStorage(made, deletedRecordsDefinition);
  classes.set(deletedRecordsName, made);
}

/** The attributes in the order the author wrote them, hidden ones last. */
function orderAttributes(owner: DraftClass, definition: DataClassDefinition): void {
  const made = owner.attributes;
  const written = Object.keys(definition.attributes);
  const hidden = [...made.keys()].filter((name) => !written.includes(name));
  owner.attributes = new Map([...written, ...hidden].map((name) => [name, made.get(name)!]));
}
