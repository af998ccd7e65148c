// The JSON of the protocol, as far as the explorer looks at it.
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export interface WireError {
  readonly message: string;
  readonly componentSignature: string;
  readonly errCode: number;
}

export interface Deferred {
  readonly __deferred: {
    readonly uri: string;
    readonly __KEY?: string;
    readonly image?: true;
    readonly mediatype?: string;
    readonly width?: number;
    readonly height?: number;
    readonly size?: number;
    readonly thumbhash?: string;
  };
}

export interface WireEntity {
  readonly __KEY?: string;
  readonly __STAMP: number;
  readonly __TIMESTAMP?: string;
  readonly [attribute: string]: unknown;
}

export interface WireSelection {
  readonly __ENTITYSET?: string;
  readonly __COUNT: number;
  readonly __SENT: number;
  readonly __FIRST: number;
  readonly __ENTITIES: readonly WireEntity[];
}

export interface WireAttribute {
  readonly name: string;
  readonly kind: 'storage' | 'relatedEntity' | 'relatedEntities' | 'calculated' | 'alias';
  readonly type: string;
  readonly indexed?: boolean;
  readonly unique?: boolean;
  readonly identifying?: boolean;
  readonly simpleDate?: boolean;
  readonly multiLine?: boolean;
  readonly readOnly?: boolean;
  readonly not_null?: boolean;
  readonly autosequence?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly foreignKey?: string;
  readonly inverseName?: string;
  readonly path?: string;
}

export interface WireDataClass {
  readonly name: string;
  readonly collectionName: string;
  readonly dataURI: string;
  readonly attributes: readonly WireAttribute[];
  readonly key: readonly { readonly name: string }[];
}

export interface WireCatalog {
  readonly __UNIQID?: string;
  readonly __NAME?: string;
  readonly dataClasses: readonly WireDataClass[];
}

/** What stands for a value that is not sent; undefined for any other value. */
export const deferredOf = (value: unknown): Deferred['__deferred'] | undefined =>
  typeof value === 'object' && value !== null && '__deferred' in value ? (value as Deferred).__deferred : undefined;
