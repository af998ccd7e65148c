// Writes the JSON text of entities from rows as they come over the wire, in steps that are made once per statement.
import type { Value } from '../../model/model.ts';
import type { RowReader, RowSink } from '../sql/row-reader.ts';
import type { Sql } from '../sql/sql.ts';
import { JsonBytes } from './json-bytes.ts';
import { writers } from './writers.ts';
import type { Piece } from './written.ts';

/** Where the values of a row are; a length of -1 is null. */
interface RowOnWire {
  bytes: Buffer;
  readonly at: Int32Array;
  readonly length: Int32Array;
}

type Step = (to: JsonBytes, row: RowOnWire) => void;

/** The columns that a statement fetches; each once, however often it is written. */
export class Fetched {
  readonly columns: Sql[] = [];
  readonly #places = new Map<string, number>();

  /** The place of a column in the row. */
  place(column: Sql): number {
    const known = column.params.length === 0 ? this.#places.get(column.text) : undefined;
    if (known !== undefined) return known;
    this.#places.set(column.text, this.columns.length);
    return this.columns.push(column) - 1;
  }
}

/** One step for each piece; neighbouring texts are one. */
function stepsOf(pieces: readonly Piece[], fetched: Fetched): readonly Step[] {
  const steps: Step[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') steps.push(constantStep(text));
    text = '';
  };
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      text += piece;
      continue;
    }
    flush();
    const i = fetched.place(piece.held);
    if (piece.kind === 'choice')
      steps.push(choiceStep(i, stepsOf(piece.pieces, fetched), constantStep(piece.otherwise)));
    else {
      const write = writers[piece.writer];
      const { whenNull } = piece;
      steps.push((to, { bytes, at, length }) => {
        const size = length[i] as number;
        if (size < 0) to.text(whenNull);
        else write(to, bytes, at[i] as number, size);
      });
    }
  }
  flush();
  return steps;
}

function constantStep(text: string): Step {
  const bytes = Buffer.from(text);
  return (to) => to.add(bytes, 0, bytes.length);
}

const choiceStep =
  (i: number, steps: readonly Step[], otherwise: Step): Step =>
  (to, row) => {
    if ((row.length[i] as number) < 0) otherwise(to, row);
    else for (const step of steps) step(to, row);
  };

/** Finds the values of a row. */
function locate(row: RowOnWire, bytes: Buffer, at: number): void {
  row.bytes = bytes;
  at += 2;
  for (let i = 0; i < row.at.length; i++) {
    const length = bytes.readInt32BE(at);
    at += 4;
    row.at[i] = at;
    row.length[i] = length;
    if (length > 0) at += length;
  }
}

const emptyRow = (columns: number): RowOnWire => ({
  bytes: Buffer.alloc(0),
  at: new Int32Array(columns),
  length: new Int32Array(columns),
});

/** A page: rows become one with `sent`, `entities`, and what stands beside. */
export function pageReader(
  pieces: readonly Piece[],
  fetched: Fetched,
  present: Sql | undefined,
  beside: Readonly<Record<string, Sql>>,
): RowReader {
  const steps = stepsOf(pieces, fetched);
  const presentAt = present && fetched.place(present);
  const besideAt = Object.entries(beside).map(([name, column]) => [name, fetched.place(column)] as const);
  /** The length of the last answer: the next one may well be as long. */
  let expected = 1000;
  const start = (): RowSink => {
    const row = emptyRow(fetched.columns.length);
    const to = new JsonBytes(expected);
    const told: Record<string, Value> = {};
    let sent = 0;
    return {
      take(bytes, at) {
        locate(row, bytes, at);
        if (sent === 0)
          for (const [name, i] of besideAt) told[name] = (row.length[i] as number) < 0 ? null : numberAt(row, i);
        if (presentAt !== undefined && (row.length[presentAt] as number) < 0) return;
        if (sent++ > 0) to.text(',');
        for (const step of steps) step(to, row);
      },
      end() {
        expected = Math.max(to.length + (to.length >> 3), 1000);
        return [{ sent, entities: sent === 0 ? null : to.whole(), ...told }];
      },
    };
  };
  return { binary: false, start };
}

const numberAt = ({ bytes, at, length }: RowOnWire, i: number): number =>
  Number(bytes.toString('latin1', at[i], (at[i] as number) + (length[i] as number)));

/** One entity: a row with `json`, or none. */
export function entityReader(pieces: readonly Piece[], fetched: Fetched): RowReader {
  const steps = stepsOf(pieces, fetched);
  let expected = 1000;
  const start = (): RowSink => {
    const rows: { readonly json: Buffer }[] = [];
    const row = emptyRow(fetched.columns.length);
    return {
      take(bytes, at) {
        locate(row, bytes, at);
        const to = new JsonBytes(expected);
        for (const step of steps) step(to, row);
        expected = Math.max(to.length + (to.length >> 3), 1000);
        rows.push({ json: to.whole() });
      },
      end: () => rows,
    };
  };
  return { binary: false, start };
}
