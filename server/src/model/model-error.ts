// What is wrong with a model.

/** The model cannot be used; `faults` holds one line per fault, each beginning with its path. */
export class ModelError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The model has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n  ${faults.join('\n  ')}`);
    this.name = 'ModelError';
    this.faults = faults;
  }
}
