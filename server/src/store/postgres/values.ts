// What the driver makes of the texts that values come as.
import type { CustomTypesConfig } from 'pg';

/** A number where that holds it, else the digits. */
function integer(text: string): number | string {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

/** By the numbers of the types. */
const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  16: (text) => text === 't', // boolean
  17: (text) => Buffer.from(text.slice(2), 'hex'), // bytea
  20: integer, // bigint
  21: Number, // smallint
  23: Number, // integer
  700: Number, // real
  701: Number, // double precision
  1043: (text) => Buffer.from(text), // varchar: JSON that goes to the socket
  1700: Number, // numeric
};

const asText = (text: string): unknown => text;

export const types: CustomTypesConfig = {
  getTypeParser: ((type: number) => parsers[type] ?? asText) as CustomTypesConfig['getTypeParser'],
};
