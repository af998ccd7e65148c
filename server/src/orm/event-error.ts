// What an event refuses with (spec 15 § 10.3): an error object that is returned or thrown, or anything else that is thrown.
import { messageOf, type PrintedError } from '../errors.ts';

/** A refusal of an event, ready to be printed. */
export interface EventError {
  readonly printed: PrintedError;
  /** Thrown to code too, and told as serious. */
  readonly serious: boolean;
  /** A fault of the code itself, not something that it said. */
  readonly fault: boolean;
}

const eventSignature = 'DBEV';

/** The error that an event returned; anything but an error object is no error. */
export function returnedError(value: unknown): EventError | undefined {
  const object = errorObject(value);
  return object && { printed: print(object), serious: isSerious(object), fault: false };
}

/** The error that an event threw: an error object is a refusal, a number its code; anything else is a fault of the code. */
export function thrownError(value: unknown, signature = eventSignature): EventError {
  const object = errorObject(value);
  if (object && !(value instanceof Error && object.errCode === undefined))
    return { printed: print(object, signature), serious: true, fault: false };
  if (typeof value === 'number')
    return {
      printed: print({ errCode: value, message: `Error code: ${value}` }, signature),
      serious: true,
      fault: false,
    };
  const message = messageOf(value);
  return { printed: print({ message }, signature), serious: true, fault: true };
}

interface ErrorObject {
  readonly errCode?: number;
  readonly message?: string;
  readonly extraDescription?: unknown;
  readonly seriousError?: unknown;
  /** The older name. */
  readonly fatalError?: unknown;
}

function errorObject(value: unknown): ErrorObject | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { errCode, message } = value as ErrorObject;
  return typeof errCode === 'number' || typeof message === 'string' ? value : undefined;
}

const isSerious = ({ seriousError, fatalError }: ErrorObject): boolean => seriousError === true || fatalError === true;

const print = (
  { errCode = -1, message, extraDescription }: ErrorObject,
  componentSignature = eventSignature,
): PrintedError => ({
  message: message ?? `Error code: ${errCode}`,
  componentSignature,
  errCode,
  ...(extraDescription !== undefined && { extraDescription }),
});
