// What is wrong with the names that an answer is asked for: all that do not exist are told at once, the first one that may
// not be read alone.
import { fail, KeystampError } from '../errors.ts';
import type { AttributeDef, DataClassDef } from '../model/model.ts';
import type { Sight } from '../query/sight.ts';

export class NameFaults {
  readonly #dataClass: DataClassDef;
  readonly #sight: Sight;
  readonly #unknown: KeystampError[] = [];
  #refused: KeystampError | undefined;

  /** @param dataClass where all names start */
  constructor(dataClass: DataClassDef, sight: Sight) {
    this.#dataClass = dataClass;
    this.#sight = sight;
  }

  /**
   * The attribute of that name, nothing and a fault when it cannot be had.
   * @param owner absent: nothing can follow what stands before the name
   * @param walks of a relation: more than a link to the related entities is asked for
   * @param told the name in the message
   */
  find(name: string, owner: DataClassDef | undefined, walks: boolean, told = name): AttributeDef | undefined {
    const attribute = owner && this.#sight.attribute(owner, name);
    if (!attribute) {
      this.unknown(told, owner);
      return undefined;
    }
    const refusal = this.#sight.refusal(attribute, walks);
    if (!refusal) return attribute;
    this.#refused ??= refusal;
    return undefined;
  }

  unknown(name: string, { name: className } = this.#dataClass): void {
    this.#unknown.push(fail(1500, name, className));
  }

  /**
   * @param list the names that were asked for
   * @throws KeystampError 1500 for each unknown name, then 1804 (list) or 1805 (`$expand`); 1557, 1607
   */
  check(code: 1804 | 1805, list: string): void {
    const [first] = this.#unknown;
    if (first) {
      // Put together at once: one around the other, thousands of names would take seconds.
      const entries = this.#unknown.flatMap((error) => error.entries);
      throw new KeystampError(first.status, entries).within(code, list, this.#dataClass.name);
    }
    if (this.#refused) throw this.#refused;
  }
}
