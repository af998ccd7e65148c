// What the code of attributes and entities is called with (spec 15 §§ 7, 10), as authors type their parameters. A handler
// that wants no event leaves the parameter out.
import type { Json } from '../model/model.ts';
import type { Result } from './api.ts';

interface AttributeEventBase<Kind extends string> {
  readonly kind: Kind;
  readonly dataClassName: string;
  readonly attributeName: string;
}

/** Of `get` of a calculated attribute; what is set as `result` wins over what is returned, null included. */
export interface GetEvent<V = unknown> extends AttributeEventBase<'get'> {
  result: V | null | undefined;
}

/** Of `set`, behind the value itself. */
export interface SetEvent<V = unknown> extends AttributeEventBase<'set'> {
  readonly value: V;
}

/** How a query compares; `==` and `!=` know the wildcard `@` and neither case nor accents, `===` and `!==` do. */
export type QueryOperator = '==' | '===' | '!=' | '!==' | '<' | '<=' | '>' | '>=' | 'IN' | '%';

/** What `query` answers: a filter, or one with values for its placeholders. Nothing, or an empty text: no entity. */
export type QueryAnswer =
  | string
  | null
  | undefined
  | { readonly query: string; readonly parameters?: readonly unknown[] | Readonly<Record<string, unknown>> };

/** Of `query`: one comparison of a filter. */
export interface QueryEvent<V = string | number | boolean | bigint> extends AttributeEventBase<'query'> {
  readonly operator: QueryOperator;
  /** What is compared with; a list for `IN`. */
  readonly value: V | null | readonly V[];
  result: QueryAnswer;
}

/** Of `orderBy`; the answer is an order, `lastName desc, firstName desc`. */
export interface OrderByEvent extends AttributeEventBase<'orderBy'> {
  readonly operator: 'asc' | 'desc';
  readonly descending: boolean;
  readonly value: null;
  result: string | undefined;
}

/** Of the events of one attribute, and of `touched` of an entity. */
export interface AttributeEvent extends AttributeEventBase<
  'touched' | 'validateSave' | 'saving' | 'validateDrop' | 'dropping'
> {}

/** Of the other events of an entity that come before or during something. */
export interface EntityEvent {
  readonly kind: 'constructor' | 'validateSave' | 'saving' | 'validateDrop' | 'dropping';
  readonly dataClassName: string;
}

/** Of `afterSave`. */
export interface AfterSaveEvent {
  readonly kind: 'afterSave';
  readonly dataClassName: string;
  readonly savedAttributes: readonly string[];
  readonly saveStatus: 'success' | 'failed';
  readonly status: Result;
}

/** Of `afterDrop`. */
export interface AfterDropEvent {
  readonly kind: 'afterDrop';
  readonly dataClassName: string;
  readonly droppedAttributes: readonly string[];
  readonly dropStatus: 'success' | 'failed';
  readonly status: Result;
}

/** What validating, saving and dropping events return (or throw) to refuse; nothing lets it go on. */
export interface Refusal {
  readonly errCode: number;
  readonly message: string;
  readonly extraDescription?: Json;
  /** Thrown to code too, and told as serious. */
  readonly seriousError?: boolean;
}
