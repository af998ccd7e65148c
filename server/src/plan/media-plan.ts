// Pictures and BLOBs: their bytes out, in, and sent ahead.
import type { VersionAsked } from '../image/image-ref.ts';
import type { VariantSpec } from '../image/variant.ts';
import type { StorageDef } from '../model/model.ts';
import type { MediaPlace } from '../query/aggregate.ts';
import type { Columns } from '../query/columns.ts';
import type { Predicate } from '../query/predicate.ts';
import type { EntityRef } from './entity-ref.ts';

/** Who may keep the bytes: shared caches too; the client alone, always or in this session; nobody (spec 10 §§ 9, 9.11). */
export type Audience = 'public' | 'private' | 'session' | 'nobody';

export interface MediaPlan {
  readonly kind: 'media';
  readonly entity: EntityRef;
  readonly place: MediaPlace;
  /** `picture`: converted as asked; `stored`: the stored bytes as a download (`$binary`). */
  readonly delivery: { readonly kind: 'picture'; readonly spec: VariantSpec } | { readonly kind: 'stored' };
  /** What `$imageformat` said is no format: the answer is empty. */
  readonly impossible: boolean;
  /** The canonical name of the format asked, for the canonical URL. */
  readonly formatName: string;
  readonly version: VersionAsked;
  readonly audience: Audience;
  /** The answer depends on more than the picture (spec 10 § 5, row D). */
  readonly narrowing?: { readonly predicate: Predicate; readonly excluded: boolean };
  /** Columns of the JSON envelope: the attribute and its siblings of `$attributes`. */
  readonly columns: Columns;
}

/** Bytes of the body go into one picture or BLOB of one entity, without a stamp check (spec 10 § 7.2, 11 § 5). */
export interface WriteMediaPlan {
  readonly kind: 'writeMedia';
  readonly entity: EntityRef;
  readonly attribute: StorageDef;
  /** `undefined`: the value is removed. */
  readonly body?: BodyKind;
  readonly columns: Columns;
}

/** What a body of bytes is said to be: `rawPict` a picture of that type, or of any type. */
export interface BodyKind {
  readonly picture: boolean;
  readonly mediatype?: string;
  readonly multipart: boolean;
}

export interface UploadPlan {
  readonly kind: 'upload';
  readonly picture: boolean;
  readonly mediatype?: string;
  readonly timeoutSeconds: number;
}
