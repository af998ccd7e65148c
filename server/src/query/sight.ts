// Which names of the model an asker may use in filters, orders and lists of attributes.
import type { KeystampError } from '../errors.ts';
import { publicAttribute, type AttributeDef, type DataClassDef } from '../model/model.ts';

export interface Sight {
  /** The attribute of that name, `undefined` when it does not exist for the asker. */
  attribute(dataClass: DataClassDef, name: string): AttributeDef | undefined;
  /**
   * Why its values may not be used, `undefined` when they may.
   * @param walks of a relation: more than a link to the related entities is asked for
   */
  refusal(attribute: AttributeDef, walks: boolean): KeystampError | undefined;
}

/** Code of the server itself: everything. */
export const serverSight: Sight = {
  attribute: (dataClass, name) => dataClass.attributes.get(name),
  refusal: () => undefined,
};

/** A client where nothing is protected: what the model exposes. */
export const exposedSight: Sight = { attribute: publicAttribute, refusal: () => undefined };
