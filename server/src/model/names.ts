// What dataclasses, attributes and functions may be called.

export const nameRule = /^[A-Za-z][A-Za-z0-9_]{0,30}$/;
export const nameText = 'a name is a letter, then letters, digits or _, 31 characters at most';

/** Names that an entity object has of its own (spec 15 § 2.1). */
const reserved: ReadonlySet<string> = new Set([
  'save', 'drop', 'clone', 'getKey', 'getStamp', 'isNew', 'touched', 'toObject', 'fromObject', 'reload', 'lock',
  'unlock', 'diff', 'first', 'last', 'next', 'previous', 'indexOf', 'getSelection', 'getDataClass', 'constructor', 'uri',
]); // oxfmt-ignore

/** Whether an entity has a member of that name itself. */
export const isReservedName = (name: string): boolean => reserved.has(name);

/** Names of the views of tables whose stamps are kept beside them begin so. */
export const sideViewPrefix = 'keystamp_view_';
