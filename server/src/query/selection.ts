// Which entities, in which order: a selection before anything is read.
import type { DataClassDef, Value } from '../model/model.ts';
import type { Order } from './order.ts';
import type { Predicate } from './predicate.ts';

/** A described, ordered set of entities of one class. */
export interface Selection {
  readonly dataClass: DataClassDef;
  readonly predicate: Predicate;
  /** Empty: key order. */
  readonly order: Order;
}

/** A part of a selection. */
export interface Window {
  readonly skip: number;
  /** Absent: to the end. */
  readonly top?: number;
}

/** The values of the key attributes of one entity, in the order of `DataClassDef.key`. */
export type Key = readonly Value[];
