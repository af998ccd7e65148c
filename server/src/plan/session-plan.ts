// Who asks, and what sessions hold.
import type { InfoPart } from '../request/api-request.ts';
import type { Credentials } from '../request/credentials.ts';

export interface LoginPlan {
  readonly kind: 'login';
  /** Absent: they stand in the headers. */
  readonly credentials?: Credentials;
}

export interface LogoutPlan {
  readonly kind: 'logout';
}

export interface CurrentUserPlan {
  readonly kind: 'currentUser';
}

/** Does the user hold that role or privilege? */
export interface BelongsToPlan {
  readonly kind: 'belongsTo';
  readonly group: string;
}

/** `$info` (spec 13 § 11). */
export interface InfoPlan {
  readonly kind: 'info';
  /** Absent: all parts. */
  readonly part?: InfoPart;
}

/** Ends sessions of others. */
export interface ReleaseSessionsPlan {
  readonly kind: 'releaseSessions';
  readonly ids: readonly string[];
}

export interface ReleaseSetsPlan {
  readonly kind: 'releaseSets';
  readonly ids: readonly string[];
  /** An unknown id is an error (spec 05 § 3.5). */
  readonly strict: boolean;
}
