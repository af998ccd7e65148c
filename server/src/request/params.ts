// The parameters of the query string: one row each. The documentation of parameters is made from this table.

interface ParamRow {
  /** Other spellings of the name. */
  readonly aliases?: readonly string[];
  /**
   * `flag`: `true`, `false` or the bare name; `number`: decimal digits; `quoted`: an expression, usually between quotes;
   * `text`: anything else. The kind describes; only a bare flag is read differently.
   */
  readonly kind: 'text' | 'flag' | 'number' | 'quoted';
  /** An unquoted value may hold `&&` (spec 01 § 3.2 step 4). */
  readonly doubleAmpersand?: boolean;
  /** One line for the documentation. */
  readonly meaning: string;
}

/** All known parameters by canonical name, without `$` (spec 01 § 3.1, DECISIONS P6 and P7). */
export const params = {
  filter: { kind: 'quoted', doubleAmpersand: true, meaning: 'which entities: a query such as "salary > :1"' },
  params: { kind: 'quoted', meaning: 'values of the placeholders, or arguments of a function, as a JSON array' },
  orderby: { kind: 'quoted', meaning: 'order of the entities, such as "lastName desc, firstName"' },
  subOrderby: { kind: 'quoted', meaning: 'order of a relation read with $method=subentityset' },
  skip: { kind: 'number', meaning: 'entities left out before the first one sent' },
  top: { kind: 'number', meaning: 'most entities sent' },
  limit: { kind: 'number', meaning: 'same as $top; wins when both are given' },
  expand: { kind: 'text', meaning: 'relations, images or BLOBs to send in full' },
  attributes: { kind: 'text', meaning: 'attributes to send' },
  method: { kind: 'text', meaning: 'what to do: update, delete, validate, entityset, subentityset, release' },
  emMethod: { kind: 'text', meaning: 'function to run on what the path names' },
  timeout: { kind: 'number', meaning: 'seconds an unused entity set or upload lives' },
  savedfilter: { kind: 'quoted', doubleAmpersand: true, meaning: 'filter that makes an expired entity set again' },
  savedorderby: { kind: 'quoted', meaning: 'order that makes an expired entity set again' },
  distinct: { kind: 'flag', meaning: 'the distinct values of one attribute' },
  compute: { kind: 'text', meaning: 'count, sum, average, min, max or $all of an attribute' },
  findKey: { kind: 'text', meaning: 'where the entity of that key stands in the selection' },
  since: { kind: 'number', meaning: 'number that $changes begins with: the __GlobalStamp told last' },
  dataClass: { kind: 'text', meaning: 'dataclasses that $changes tells of, separated by commas' },
  asArray: { kind: 'flag', meaning: 'a bare array of entities' },
  format: { kind: 'text', meaning: 'shape of the answer: json or looker' },
  atomic: { kind: 'flag', aliases: ['atonce'], meaning: 'save or delete all entities or none' },
  refresh: { kind: 'flag', meaning: 'compute an entity without saving it, or make an entity set again' },
  clean: { kind: 'flag', meaning: 'leave deleted entities out of an entity set' },
  logicOperator: { kind: 'text', aliases: ['operator'], meaning: 'combines two sets: AND, OR, EXCEPT or INTERSECT' },
  otherCollection: { kind: 'text', meaning: 'the second entity set of $logicOperator' },
  querypath: { kind: 'flag', meaning: 'tell how the query was run' },
  queryplan: { kind: 'flag', meaning: 'tell how the query would be run' },
  lock: { kind: 'flag', meaning: 'true locks the entity, false unlocks it' },
  extendedAttributes: { kind: 'flag', meaning: 'the body of the POST says which attributes to send' },
  metadata: { kind: 'flag', meaning: 'more details in the catalog' },
  noKey: { kind: 'flag', meaning: 'no __KEY in the entities of $asArray' },
  binary: { kind: 'flag', meaning: 'the bytes of a BLOB, or the upload of one' },
  rawPict: { kind: 'flag', meaning: 'the body is a picture; true, or its MIME type' },
  imageformat: { kind: 'text', meaning: 'format of the picture: best, jpeg, png, gif, tiff, webp, avif, svg, pdf' },
  version: { kind: 'number', meaning: 'version number of the picture, for caches' },
  imageinfo: { kind: 'flag', meaning: 'type, size and a tiny preview of each picture' },
  imagewidth: { kind: 'number', meaning: 'width of the box the picture goes into, 1 to 4096 pixels' },
  imageheight: { kind: 'number', meaning: 'height of the box the picture goes into, 1 to 4096 pixels' },
  imagefit: { kind: 'text', meaning: 'how the picture goes into the box: inside, cover or contain' },
  imagequality: { kind: 'number', meaning: 'quality of lossy formats, 1 to 100' },
} as const satisfies Record<string, ParamRow>;

export type ParamName = keyof typeof params;

const byName = new Map<string, ParamName>();
for (const [name, row] of Object.entries(params) as [ParamName, ParamRow][]) {
  for (const spelling of [name, ...(row.aliases ?? [])]) {
    for (const text of [spelling, spelling.toLowerCase()]) byName.set(text, name).set(`$${text}`, name);
  }
}

/** Characters of the longest spelling of a parameter, `$` included. */
export const longestName = Math.max(...[...byName.keys()].map((text) => text.length));

/** The parameter of that decoded name: any case, with or without `$`, aliases included; undefined when unknown. */
export function findParam(text: string): ParamName | undefined {
  return byName.get(text) ?? (text.length > longestName ? undefined : byName.get(text.toLowerCase()));
}

/** Whether an unquoted value of that parameter may hold `&&`. */
export function keepsDoubleAmpersand(name: ParamName | undefined): boolean {
  const row: ParamRow | undefined = name && params[name];
  return row?.doubleAmpersand === true;
}
