// The JSON of the protocol as it travels, the one place that describes it. Types alone; the server imports them as types.

/** A JSON value, as `object` attributes hold it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** One line of `__ERROR` (spec 01 § 6): root cause first, outer operation last. */
export interface WireError {
  readonly message: string;
  readonly componentSignature: string;
  readonly errCode: number;
}

/** How a save or lock ended (spec 06 § 2.2): 1 permission, 2 stamp, 3 locked, 4 other, 5 gone. */
export interface WireStatus {
  readonly success?: boolean;
  readonly status?: number;
  readonly statusText?: string;
  readonly lockKind?: number;
  readonly lockKindText?: string;
  readonly lockInfo?: { readonly [name: string]: unknown };
}

/** What stands for a value that is not sent: a picture, a BLOB or a relation (spec 03 § 2.1). */
export interface WireDeferred {
  readonly __deferred: {
    readonly uri: string;
    /** Key of a related entity. */
    readonly __KEY?: string;
    readonly image?: true;
    /** With `$imageinfo`; the size with `$expand` too. */
    readonly mediatype?: string;
    readonly width?: number;
    readonly height?: number;
    readonly size?: number;
    readonly thumbhash?: string;
  };
}

/** An entity (spec 03 § 2). A deleted member of an entity set is `{"__STAMP":0}` alone. */
export interface WireEntity {
  readonly __entityModel?: string;
  readonly __DATACLASS?: string;
  readonly __KEY?: string;
  readonly __STAMP: number;
  readonly __TIMESTAMP?: string;
  readonly __STATUS?: WireStatus;
  readonly __ERROR?: readonly WireError[];
  readonly uri?: string;
  readonly [attribute: string]: unknown;
}

/** A page of entities (spec 03 § 1). */
export interface WireSelection {
  /** Of a stored set; of an expanded relation its uri. */
  readonly __ENTITYSET?: string;
  readonly __DATACLASS?: string;
  readonly __entityModel?: string;
  readonly __GlobalStamp?: number;
  /** Entities of the whole selection, not of the page. */
  readonly __COUNT: number;
  readonly __SENT: number;
  readonly __FIRST: number;
  readonly __ENTITIES: readonly WireEntity[];
  readonly __queryPath?: unknown;
  readonly __queryPlan?: unknown;
}

/** An attribute in the catalog (spec 02 § 4). */
export interface WireAttribute {
  readonly name: string;
  readonly kind: 'storage' | 'relatedEntity' | 'relatedEntities' | 'calculated' | 'alias';
  readonly scope?: string;
  /** A storage type, the name of a class, or the collection name of one. */
  readonly type: string;
  readonly fieldPos?: number;
  readonly indexed?: boolean;
  readonly unique?: boolean;
  readonly identifying?: boolean;
  readonly simpleDate?: boolean;
  /** Meant for text of several lines. */
  readonly multiLine?: boolean;
  readonly readOnly?: boolean;
  readonly not_null?: boolean;
  readonly never_null?: boolean;
  readonly autosequence?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly foreignKey?: string;
  readonly inverseName?: string;
  readonly path?: string;
  readonly reversePath?: boolean;
}

/** A function in the catalog (spec 02 § 6). */
export interface WireMethod {
  readonly name: string;
  readonly applyTo?: 'dataStore' | 'dataClass' | 'entityCollection' | 'entity';
  readonly scope?: string;
  readonly from?: string;
  readonly allowedOnHTTPGET?: boolean;
  readonly exposed?: boolean;
  /** The declared types of the parameters in order: `number`, `string?`, `Employee`, `EmployeeSelection`. */
  readonly parameters?: readonly string[];
}

/** A dataclass in the catalog (spec 02 § 3). */
export interface WireDataClass {
  readonly name: string;
  readonly className: string;
  readonly collectionName: string;
  readonly tableNumber?: number;
  readonly scope?: string;
  readonly dataURI: string;
  readonly defaultTopSize?: number;
  readonly attributes: readonly WireAttribute[];
  readonly methods?: readonly WireMethod[];
  readonly key: readonly { readonly name: string }[];
}

/** `$catalog/$all` (spec 02). */
export interface WireCatalog {
  readonly __UNIQID?: string;
  readonly __NAME?: string;
  readonly methods?: readonly WireMethod[];
  readonly singletons?: readonly { readonly name: string; readonly methods: readonly WireMethod[] }[];
  readonly dataClasses: readonly WireDataClass[];
}

/** `$directory/currentUser` (spec 13 § 6). */
export interface WireUser {
  readonly userName: string;
  readonly fullName: string;
  readonly ID: string;
}

/** `$info` (spec 13 § 11). */
export interface WireInfo {
  readonly entitySetCount?: number;
  readonly entitySet?: readonly {
    readonly id: string;
    readonly tableName: string;
    readonly selectionSize: number;
    readonly sorted: boolean;
    readonly refreshed: string;
    readonly expires: string;
  }[];
  readonly sessionInfo?: readonly {
    readonly sessionID: string;
    readonly userID?: string;
    readonly userName: string;
    readonly lifeTime: number;
    readonly expiration: string;
  }[];
  readonly [name: string]: unknown;
}

/** The data of an event of `$changes`. */
export type WireChange =
  | {
      readonly kind: 'saved';
      readonly __DATACLASS: string;
      readonly __KEY: string;
      readonly __STAMP: number;
      readonly __TIMESTAMP: string;
      readonly __GlobalStamp: number;
      /** A picture attribute. */
      readonly [picture: string]: unknown;
    }
  | {
      readonly kind: 'deleted';
      readonly __DATACLASS: string;
      readonly __KEY: string;
      readonly __GlobalStamp: number;
    }
  | { readonly kind: 'reload'; readonly __DATACLASS?: string; readonly __GlobalStamp: number };

/** `$compute=$all` of one attribute (spec 05 § 7). */
export interface WireAggregates {
  readonly count: number;
  readonly sum?: number;
  readonly average?: number | null;
  readonly min?: number | string | null;
  readonly max?: number | string | null;
}
