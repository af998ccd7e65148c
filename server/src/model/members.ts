// The members that every object of the server API has of its own; no attribute or function of a model with code may be
// called so (spec 16 § 1.2). A test holds the lists to the classes of orm/.

export const entityMembers: ReadonlySet<string> = new Set([
  'clone', 'constructor', 'diff', 'drop', 'first', 'fromObject', 'getDataClass', 'getKey', 'getSelection', 'getStamp',
  'getTimestamp', 'indexOf', 'isNew', 'last', 'lock', 'next', 'previous', 'reload', 'save', 'set', 'then', 'toObject',
  'touched', 'touchedAttributes', 'unlock', 'uri', 'validate',
]); // oxfmt-ignore

export const selectionMembers: ReadonlySet<string> = new Set([
  'add', 'and', 'at', 'average', 'clean', 'constructor', 'contains', 'copy', 'count', 'distinct', 'distinctPaths',
  'drop', 'extract', 'first', 'getDataClass', 'isAlterable', 'isOrdered', 'last', 'length', 'max', 'min', 'minus', 'or',
  'orderBy', 'orderByFormula', 'query', 'queryPath', 'queryPlan', 'refresh', 'related', 'selected', 'slice', 'sum',
  'then', 'toArray', 'toCollection',
]); // oxfmt-ignore

export const dataClassMembers: ReadonlySet<string> = new Set([
  'all', 'attr', 'constructor', 'fromCollection', 'get', 'getCount', 'getDataStore', 'getInfo', 'name', 'new',
  'newSelection', 'query', 'then',
]); // oxfmt-ignore

export const dataStoreMembers: ReadonlySet<string> = new Set([
  'cancelTransaction', 'constructor', 'getGlobalStamp', 'getInfo', 'setGlobalStamp', 'singletons', 'startTransaction',
  'then', 'transaction', 'validateTransaction',
]); // oxfmt-ignore
