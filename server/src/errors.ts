// Every error a client can see: one row per code, and the one class that carries them to reply/error.ts.

/** The product whose wording answers follow (spec 07 § 4). */
export type Dialect = '4d' | 'wakanda' | 'qodly';

interface ErrorRow {
  /** HTTP status when nothing else is said; the stage that fails may choose another (DECISIONS P1). */
  readonly status: number;
  /** Message for the client. `noun` is the dialect's word for a dataclass. */
  readonly text: (args: readonly string[], noun: string) => string;
  /** Which part of the product speaks; `dbmg` unless said otherwise. */
  readonly signature?: string;
}

const row = (status: number, text: ErrorRow['text'], signature?: string): ErrorRow => ({
  status,
  text,
  ...(signature !== undefined && { signature }),
});

/** Codes of spec 01 § 6.1, 06 § 2.2, 11 § 6 and 15 § 5.4, with Keystamp's statuses. */
export const errorTable = {
  1001: row(400, ([position, fn]) => `Parameter ${position} of the function "${fn}" is missing`, 'ds'),
  1002: row(400, ([position, fn, type]) => `Parameter ${position} of the function "${fn}" must be: ${type}`, 'ds'),
  1003: row(404, ([key, c]) => `The entity with the key "${key}" cannot be found in "${c}"`, 'ds'),
  1005: row(400, () => `The __DATASET of an entity selection is missing`, 'ds'),
  1006: row(404, ([id]) => `The entity selection "${id}" cannot be found`, 'ds'),
  1046: row(409, ([key, name, why]) => {
    const record = key ? `record# ${key}` : 'a new record';
    return `Cannot save ${record} in table ${name}${why ? `: ${why}` : ''}`;
  }),
  1112: row(400, ([what]) => `Wrong comparison operator or conjunction in the query: ${what}`),
  1116: row(400, ([name]) => `The "${name}" attribute is mandatory and cannot be null`),
  1136: row(400, ([name]) => `The "${name}" attribute does not accept null`),
  1162: row(400, ([what]) => `Invalid query: ${what}`),
  1263: row(409, ([key, name]) => `Given stamp does not match current one for record# ${key} of table ${name}`),
  1275: row(400, ([what]) => `Parenthesis error in the query: ${what}`),
  1278: row(400, () => `Formulas are not allowed in this query`),
  1279: row(400, ([name]) => `The placeholder :${name} has no value or a null value`),
  1280: row(400, ([what]) => `A value of the query has the wrong type: ${what}`),
  1500: row(404, ([name, c], noun) => `The "${name}" attribute cannot be found in The "${c}" ${noun}`),
  1508: row(400, ([name, type]) => `Wrong type of value for the "${name}" attribute, ${type} is expected`),
  1516: row(400, ([name, what], noun) => `The "${name}" ${what === 'dataclass' ? noun : 'attribute'} is read-only`),
  1517: row(400, ([key, c], noun) =>
    noun === 'dataclass'
      ? `The entity# ${key} in the "${c}" dataclass cannot be saved`
      : `The entity# ${key} of the ${noun} "${c}" cannot be saved`,
  ),
  1518: row(
    400,
    ([key, c, why], noun) => `The entity# ${key} of the ${noun} "${c}" cannot be deleted${why ? `: ${why}` : ''}`,
  ),
  1534: row(400, ([c], noun) => `The new entity of the ${noun} "${c}" cannot be saved`),
  1537: row(400, ([name]) => `The related entity of the "${name}" attribute cannot be saved`),
  1541: row(404, ([key, c], noun) => `The key "${key}" is malformed for the "${c}" ${noun}`),
  1542: row(404, ([key, c], noun) => `Cannot find entity with "${key}" key in the "${c}" ${noun}`),
  1543: row(404, ([key, c], noun) => `Cannot load entity# ${key} in the "${c}" ${noun}`),
  1544: row(400, ([c], noun) => `The key of an entity of the "${c}" ${noun} cannot be null`),
  1545: row(409, ([key, c], noun) => `The key "${key}" already exists in the "${c}" ${noun}`),
  1546: row(400, ([c], noun) => `The key of a new entity of the "${c}" ${noun} cannot be null`),
  1557: row(401, ([c]) => `No permission to read for the ${c} dataclass`),
  1558: row(401, ([c]) => (c ? `No permission to update for dataClass ${c}` : `No permission to upload`)),
  1559: row(401, ([c]) => `No permission to create for dataClass ${c}`),
  1560: row(401, ([c]) => `No permission to drop for dataClass ${c}`),
  1561: row(401, ([name, owner]) =>
    owner === 'ds'
      ? `No permission to execute method ${name} in the datastore`
      : `No permission to execute method ${name} in dataClass ${owner}`,
  ),
  1562: row(500, ([name]) => `The code of the "${name}" attribute has failed`),
  1568: row(400, ([min]) => `Value cannot be less than ${min}`),
  1569: row(400, ([max]) => `Value cannot be greater than ${max}`),
  1570: row(400, () => `Entity fails validation`),
  1571: row(400, ([name]) => `The value of the "${name}" attribute does not match its pattern`),
  1574: row(400, ([name]) => `The "${name}" attribute is of the wrong kind for this operation`),
  1585: row(500, ([name, type]) => `The code of the "${name}" attribute gives no value of the type ${type}`),
  1587: row(400, () => `The two selections belong to different dataclasses`),
  1591: row(400, ([name, n]) => `The value of the "${name}" attribute is shorter than ${n} characters`),
  1592: row(400, ([name, n]) => `The value of the "${name}" attribute is longer than ${n} characters`),
  1593: row(400, ([name, n]) => `The value of the "${name}" attribute must have exactly ${n} characters`),
  1594: row(404, ([name]) => `The "${name}" attribute is not sortable`),
  1602: row(500, ([c], noun) => `The restricting selection of the "${c}" ${noun} is invalid`),
  1607: row(401, ([name, c]) => `No permission to read for "${name}" attribute in the ${c} dataclass`),
  1608: row(401, ([name, c, action]) => `No permission to ${action} for "${name}" attribute in the ${c} dataclass`),
  1611: row(401, () => `This needs the privilege to administer the server`),
  1626: row(400, () => `A text is expected as query`),
  1637: row(400, () => `A shareable entity selection cannot be changed`),
  1800: row(404, ([c], noun) => `The "${c}" ${noun} cannot be found`),
  1801: row(400, ([f]) => `The format "${f}" is not supported`),
  1802: row(404, ([id], noun) =>
    noun === 'dataclass' ? `The "${id}" entity set cannot be found` : `EntitySet "${id}" cannot be found`,
  ),
  1803: row(404, ([id, c], noun) => `The entity set "${id}" does not belong to the "${c}" ${noun}`),
  1804: row(
    404,
    ([list, c], noun) => `Cannot completely build a list of attributes with "${list}" for the "${c}" ${noun}`,
  ),
  1805: row(
    404,
    ([list, c], noun) =>
      `Cannot completely build the list of expanded attributes with "${list}" for the "${c}" ${noun}`,
  ),
  1806: row(400, ([what]) => `Malformed request: ${what}`),
  1808: row(400, ([name]) => `A closing single quote is expected in the value of ${name}`),
  1809: row(400, ([name]) => `A closing double quote is expected in the value of ${name}`),
  1810: row(404, ([list, c], noun) => `Cannot order the entities of the "${c}" ${noun} by "${list}"`),
  1812: row(400, ([m]) => `The method "${m}" is unknown`),
  1813: row(400, ([m]) => `${m} cannot be applied to this request`),
  1815: row(400, () => `$method=subentityset needs one entity and one of its to-many attributes`),
  1816: row(400, () => `The list of attributes is empty`),
  1817: row(400, ([op]) => `The computation "${op}" does not exist`),
  1818: row(400, ([op]) => `The logic operator "${op}" does not exist`),
  1819: row(400, () => `The other entity set is missing`),
  1820: row(400, ([id]) => `The other entity set "${id}" cannot be found`),
  1822: row(401, ([what]) => what ?? 'Login required'),
  1823: row(402, () => `No session is left`),
  1824: row(400, ([type]) => `The data is not a picture of a known type${type ? `: ${type}` : ''}`),
  1825: row(400, ([id]) => `The picture reference "${id}" does not exist`),
  1826: row(400, ([id]) => `The BLOB reference "${id}" does not exist`),
  1827: row(404, ([name]) => `The function "${name}" does not exist`),
  1829: row(405, ([name]) => `The function "${name}" cannot be called by GET`),
} as const satisfies Record<number, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

/** Errors without a documented code answer with their HTTP status as code (spec 11 § 6.2). */
export const httpErrors = {
  400: 'Bad request',
  403: 'The request comes from a foreign origin',
  404: 'Not found',
  405: 'The method is not allowed here',
  408: 'The request took too long to arrive',
  412: 'The precondition does not hold',
  413: 'The body or the picture is too large',
  414: 'The URL is too long',
  415: 'The content encoding is not supported',
  416: 'The range cannot be satisfied',
  421: 'The server does not answer under this name',
  429: 'Too many',
  431: 'The headers are too large',
  500: 'Internal error',
  501: 'The transfer encoding is not known',
  503: 'The server is busy',
  507: 'The disk is full',
} as const satisfies Record<number, string>;

export type HttpErrorStatus = keyof typeof httpErrors;

/** One line of `__ERROR`: a documented code with its arguments, or an HTTP status with a free text. */
export type ErrorEntry =
  | { readonly code: ErrorCode; readonly args: readonly string[] }
  /** `event`: what an event of the author refused with, told in the place of the status. */
  | { readonly http: HttpErrorStatus; readonly detail?: string; readonly event?: PrintedError };

export type CodeEntry = Extract<ErrorEntry, { readonly code: ErrorCode }>;

/** The JSON form of an entry (spec 01 § 6). */
export interface PrintedError {
  readonly message: string;
  readonly componentSignature: string;
  readonly errCode: number;
  /** What the author adds. */
  readonly extraDescription?: unknown;
}

/** An error with everything its answer needs. Entries stand root cause first, outer operation last. */
export class KeystampError extends Error {
  readonly status: number;
  readonly entries: readonly ErrorEntry[];
  /** Extra response headers, for instance `Retry-After`, `Allow`, `Content-Range`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Errors of the author's code, printed behind the entries (spec 12 § 7.3). */
  readonly thrown: readonly PrintedError[];

  constructor(
    status: number,
    entries: readonly ErrorEntry[],
    options: {
      headers?: Readonly<Record<string, string>>;
      cause?: unknown;
      thrown?: readonly PrintedError[];
    } = {},
  ) {
    const { headers = {}, cause, thrown = [] } = options;
    const lines = [...entries.map((entry) => printError(entry, '4d')), ...thrown];
    super(lines.map(({ message }) => message).join('; '), { cause });
    this.name = 'KeystampError';
    this.status = status;
    this.entries = entries;
    this.headers = headers;
    this.thrown = thrown;
  }

  /** The same error seen from the operation around it: `code` is added as the outer line. */
  within(code: ErrorCode, ...args: string[]): KeystampError {
    return this.#like({ entries: [...this.entries, { code, args }] });
  }

  /** The same error with more headers. */
  with(headers: Readonly<Record<string, string>>): KeystampError {
    return this.#like({ headers: { ...this.headers, ...headers } });
  }

  /** The same error with the status of the stage that failed. */
  as(status: number): KeystampError {
    return this.#like({ status });
  }

  #like(change: Partial<Pick<KeystampError, 'status' | 'entries' | 'headers'>>): KeystampError {
    const { status, entries, headers, thrown } = { ...this, ...change };
    return new KeystampError(status, entries, { headers, thrown, cause: this });
  }
}

/** An error of the table, with the table's status: `throw fail(1543, '7', 'Employee')`. */
export function fail(code: ErrorCode, ...args: string[]): KeystampError {
  return new KeystampError(errorTable[code].status, [{ code, args }]);
}

/** An error that has no documented code: `throw failHttp(413, 'over 32 MiB')`. */
export function failHttp(
  status: HttpErrorStatus,
  detail?: string,
  headers?: Readonly<Record<string, string>>,
): KeystampError {
  const entry: ErrorEntry = detail === undefined ? { http: status } : { http: status, detail };
  return new KeystampError(status, [entry], headers ? { headers } : {});
}

/** What `__ERROR` lists. */
export const printErrors = (error: KeystampError, dialect: Dialect): readonly PrintedError[] => [
  ...error.entries.map((entry) => printError(entry, dialect)),
  ...error.thrown,
];

/** One entry as it is printed in `__ERROR`. */
export function printError(entry: ErrorEntry, dialect: Dialect): PrintedError {
  if ('http' in entry) {
    if (entry.event) return entry.event;
    const text = httpErrors[entry.http];
    return {
      message: entry.detail ? `${text}: ${entry.detail}` : text,
      componentSignature: 'http',
      errCode: entry.http,
    };
  }
  const noun = dialect === 'qodly' ? 'dataclass' : 'datastore class';
  const { text, signature = 'dbmg' }: ErrorRow = errorTable[entry.code];
  return {
    message: text(entry.args, noun),
    componentSignature: signature,
    errCode: entry.code,
  };
}

/** What is said by whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
