// What will be done: the union of all plans. A plan holds every decision about the request; running it makes none.
import type { VersionAsked } from '../image/image-ref.ts';
import type { StorageDef } from '../model/model.ts';
import type { MediaPlace } from '../query/aggregate.ts';
import type { Columns } from '../query/columns.ts';
import type { CallPlan } from './call-plan.ts';
import type { CatalogPlan } from './catalog-plan.ts';
import type { ChangesPlan } from './changes-plan.ts';
import type { EntityRef } from './entity-ref.ts';
import type { MediaPlan, UploadPlan, WriteMediaPlan } from './media-plan.ts';
import type { DeletePlan, SavePlan } from './save-plan.ts';
import type {
  ComputePlan,
  DistinctMediaPlan,
  DistinctPlan,
  FindKeyPlan,
  IntersectPlan,
  ReadSelectionPlan,
} from './selection-plan.ts';
import type {
  BelongsToPlan,
  CurrentUserPlan,
  InfoPlan,
  LoginPlan,
  LogoutPlan,
  ReleaseSessionsPlan,
  ReleaseSetsPlan,
} from './session-plan.ts';

export interface ReadEntityPlan {
  readonly kind: 'readEntity';
  readonly entity: EntityRef;
  readonly columns: Columns;
}

export interface LockPlan {
  readonly kind: 'lock';
  readonly entity: EntityRef;
  readonly lock: boolean;
  /** `$version` is a precondition (spec 10 § 5 row 10). */
  readonly version: VersionAsked;
  /** The picture whose version is meant, perhaps behind an alias; absent: the entity's, or that of any of `images`. */
  readonly place?: MediaPlace;
  /** The pictures that the asker may see. */
  readonly images: readonly StorageDef[];
}

/** Answered with `{"ok":true}`. */
export interface NothingPlan {
  readonly kind: 'nothing';
  readonly headers?: Readonly<Record<string, string>>;
}

export type Plan =
  | ReadEntityPlan
  | ReadSelectionPlan
  | IntersectPlan
  | FindKeyPlan
  | DistinctMediaPlan
  | DistinctPlan
  | ComputePlan
  | MediaPlan
  | LockPlan
  | SavePlan
  | DeletePlan
  | WriteMediaPlan
  | UploadPlan
  | ReleaseSetsPlan
  | CatalogPlan
  | LoginPlan
  | LogoutPlan
  | CurrentUserPlan
  | BelongsToPlan
  | InfoPlan
  | ReleaseSessionsPlan
  | CallPlan
  | ChangesPlan
  | NothingPlan;
