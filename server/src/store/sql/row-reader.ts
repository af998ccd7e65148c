// How rows are read that need not become objects: a page of entities goes from the wire into the text of its answer.
import type { Value } from '../../model/model.ts';

export interface RowReader {
  /** Whether values come in the binary form of their types. */
  readonly binary: boolean;
  start(): RowSink;
}

/** Takes the rows of one answer. */
export interface RowSink {
  /**
   * @param bytes hold the row, until the call is over
   * @param at where the row begins: the number of its values, then each with its length in front, -1 for null
   */
  take(bytes: Buffer, at: number): void;
  /** The rows that the statement was asked for. */
  end(): readonly Readonly<Record<string, Value>>[];
}
