// Types of columns that other programs made: what an attribute of which type can be kept in.
import type { StorageType } from './model.ts';

/** How a column keeps what Keystamp keeps otherwise. */
export type ColumnForm =
  | 'boolean'
  | 'day'
  | 'instant'
  | 'localInstant'
  | 'numeric'
  | 'real'
  | 'uuid'
  | 'json'
  | 'text'
  | 'word';

export interface StoredAs {
  readonly form: ColumnForm;
  /** The type of the column in SQL. */
  readonly type: string;
  /** Of a number: how many digits it has at most. */
  readonly digits?: number;
}

interface FormRow {
  readonly names: RegExp;
  readonly types: readonly StorageType[];
  readonly simpleDate?: boolean;
}

const forms = {
  boolean: { names: /^bool(ean)?$/, types: ['bool'] },
  day: { names: /^date$/, types: ['date'], simpleDate: true },
  instant: { names: /^(timestamptz|timestamp with time zone)$/, types: ['date'], simpleDate: false },
  localInstant: { names: /^timestamp( without time zone)?$/, types: ['date'], simpleDate: false },
  numeric: { names: /^(numeric|decimal)$/, types: ['number', 'byte', 'word', 'long', 'long64', 'duration'] },
  real: { names: /^(real|float4)$/, types: ['number'] },
  uuid: { names: /^uuid$/, types: ['uuid'] },
  json: { names: /^jsonb?$/, types: ['object'] },
  text: { names: /^(char|character|bpchar|citext|character varying|varchar|text)$/, types: ['string', 'text'] },
  // Words of a list.
  word: { names: /./, types: ['string', 'text'] },
} as const satisfies Record<ColumnForm, FormRow>;

/** Names of types of PostgreSQL, with the schema and in quotes where they need it. */
const typeName =
  /^(?:(?:[a-z_][\w$]*|"[^"\0]+")\.)?(?:[a-z_][\w$ ]*|"[^"\0]+")(?:\s*\(\d+(?:,\s*\d+)?\)( with(out)? time zone)?)?$/i;

/** What such a column is, `undefined` when the text is no type of one that can hold values of that type. */
export function storedAs(columnType: string, type: StorageType, simpleDate: boolean): StoredAs | undefined {
  if (!typeName.test(columnType)) return undefined;
  const plain = columnType
    .toLowerCase()
    .replace(/\s*\([\d, ]+\)/, '')
    .trim();
  const [form, row] = Object.entries(forms).find(([, { names }]) => names.test(plain)) as [ColumnForm, FormRow];
  if (!row.types.includes(type) || (row.simpleDate ?? simpleDate) !== simpleDate) return undefined;
  const digits = /\(\s*(\d+)/.exec(columnType)?.[1];
  return { form, type: columnType, ...(form === 'numeric' && digits !== undefined && { digits: Number(digits) }) };
}
