// What came of a plan, before it becomes an HTTP answer.
import type { KeystampError } from '../errors.ts';
import type { DataClassDef } from '../model/model.ts';
import type { CatalogPlan } from '../plan/catalog-plan.ts';
import type { Rows } from '../query/columns.ts';
import type { Key } from '../query/selection.ts';
import type { PageMessage } from '../orm/call-state.ts';
import type { SaveStatus } from '../orm/save-error.ts';
import type { InfoPart } from '../request/api-request.ts';
import type { Identity } from '../session/identity.ts';
import type { DirectoryError } from '../session/directory.ts';
import type { ByteRange } from '../request/conditions.ts';

export interface EntityOutcome {
  readonly kind: 'entity';
  /** The entity as JSON text. */
  readonly json: string | Uint8Array;
}

/** How the filter was answered, as JSON texts (spec 04 § 9). */
export interface Explained {
  readonly plan?: string;
  readonly path?: string;
}

export interface SelectionOutcome {
  readonly kind: 'selection';
  readonly dataClass: DataClassDef;
  /** How the entities are written. */
  readonly rows: Rows;
  /** Id of the set the result was kept as. */
  readonly setId?: string;
  /** Size of the whole selection; 0 where the answer does not tell it. */
  readonly total: number;
  readonly sent: number;
  readonly first: number;
  /** JSON texts of the entities, separated by commas; null when there are none. */
  readonly entities: Uint8Array | null;
  readonly explained?: Explained;
  readonly sync: SyncFacts;
}

/** What a list tells to clients that synchronise (spec 17 §§ 4.1, 7.2). */
export interface SyncFacts {
  /** The counter of changes, 0 when those of this class are not numbered. */
  readonly globalStamp: number;
  /** Deletions with smaller numbers are forgotten. */
  readonly oldestStamp?: number;
}

/** One value or object as JSON text. */
export interface ValueOutcome {
  readonly kind: 'value';
  readonly json: string;
}

export interface ArrayOutcome {
  readonly kind: 'array';
  /** JSON texts of the items, separated by commas; null when there are none. */
  readonly items: Uint8Array | null;
}

/** The caching row of an answer with bytes (spec 10 § 9), or why it is none of them. */
export type CachingRow = 'C' | 'O' | 'A' | 'K' | 'N' | 'G' | 'D';

/** What is known of a picture or BLOB before its bytes; the same object for all answers with the same head. */
export interface MediaFacts {
  readonly row: CachingRow;
  readonly mediatype: string;
  readonly etag: string;
  /** Milliseconds since 1970 of the last change, when it may be told. */
  readonly changedAt?: number;
  readonly version: number;
  readonly keyText: string;
  /** File extension of the download name. */
  readonly extension: string;
}

export interface MediaOutcome {
  readonly kind: 'media';
  readonly facts: MediaFacts;
  /** Absent: not modified, nothing is sent. */
  readonly bytes?: Uint8Array | StoredBytes;
  readonly range?: ByteRange;
}

/** Bytes that are too many to be held in memory: those of the range, or all. */
export interface StoredBytes {
  /** Of the whole. */
  readonly length: number;
  readonly parts: AsyncIterable<Uint8Array>;
}

/** There is no picture, or not in this format: `{}` (spec 10 § 4.4). */
export interface EmptyOutcome {
  readonly kind: 'empty';
}

/** The JSON form of an image URL (spec 10 § 4.6). */
export interface EnvelopeOutcome {
  readonly kind: 'envelope';
  /** The whole entity restricted to the asked attributes, as JSON text. */
  readonly entityJson: string;
}

export type SavedItem =
  | { readonly kind: 'saved'; readonly json: string }
  | { readonly kind: 'nothing' }
  /** Tried and undone with the others of an atomic save; `json` is what is stored. */
  | { readonly kind: 'undone'; readonly json: string }
  | {
      readonly kind: 'failed';
      readonly error: KeystampError;
      readonly status: SaveStatus;
      /** The entity as it is stored now, when it is. */
      readonly json?: string;
      readonly key?: Key;
    };

export interface SavedOutcome {
  readonly kind: 'saved';
  readonly items: readonly SavedItem[];
  readonly answer: 'one' | 'entities' | 'array';
  readonly purpose: 'save' | 'refresh' | 'validate';
}

/** `{"ok":true}`, with the new picture's version for a direct write. */
export interface OkOutcome {
  readonly kind: 'ok';
  readonly headers?: Readonly<Record<string, string>>;
}

export interface LockOutcome {
  readonly kind: 'lock';
  readonly result: 'done' | 'stampChanged' | 'lockedByOther' | 'gone';
}

export interface UploadOutcome {
  readonly kind: 'upload';
  readonly id: string;
}

/** What happened to an entity of a tracked dataclass, or to so many of them that they are to be read again. */
export type Change =
  | {
      readonly kind: 'saved';
      readonly number: number;
      readonly dataClass: string;
      /** Key, stamp, time, number and pictures of the entity as it is now. */
      readonly entity: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'deleted'; readonly number: number; readonly dataClass: string; readonly key: string }
  /** Without a class: everything the reader holds. */
  | { readonly kind: 'reload'; readonly number: number; readonly dataClass?: string };

export interface ChangeBatch {
  /** In the order of their numbers; none: a sign of life. */
  readonly changes: readonly Change[];
  /** Everything below this number has been told. */
  readonly position: number;
}

export interface ChangesOutcome {
  readonly kind: 'changes';
  /** Ends when the signal aborts, or when its reader may no longer read. */
  readonly follow: (signal: AbortSignal) => AsyncIterable<ChangeBatch>;
}

export interface CatalogOutcome extends CatalogPlan {
  /** Names this datastore, also after a restart: 32 upper-case hex digits. */
  readonly uniqueId: string;
}

/** `{"result":true}`, or why not. */
export interface LoginOutcome {
  readonly kind: 'login';
  readonly result: boolean;
  /** What the directory says about it. */
  readonly error?: DirectoryError;
}

/** A JSON text for this moment alone. */
export interface AnswerOutcome {
  readonly kind: 'answer';
  readonly json: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The state of the server as far as the client may see it. */
export interface InfoOutcome {
  readonly kind: 'info';
  readonly part?: InfoPart;
  /** Bytes kept in memory, and how many there may be. */
  readonly cache: { readonly size: number; readonly used: number };
  readonly sets: readonly SetInfo[];
  readonly sessions: readonly SessionInfo[];
  readonly locks: readonly LockInfo[];
  /** The client administers the server and sees whole ids. */
  readonly isAdmin: boolean;
}

export interface LockInfo {
  readonly dataClass: string;
  /** As `__KEY` prints it. */
  readonly key: string;
  readonly session: string;
  /** Milliseconds since 1970. */
  readonly taken: number;
}

export interface SetInfo {
  readonly id: string;
  readonly dataClass: string;
  readonly members: number;
  /** Milliseconds since 1970. */
  readonly lastUsed: number;
  readonly expires: number;
}

export interface SessionInfo {
  readonly id: string;
  readonly identity: Identity;
  readonly idleMs: number;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** What a function gave. */
export type CallResult =
  /** It returned `undefined`. */
  | { readonly kind: 'nothing' }
  /** Any other value, as JSON text. */
  | { readonly kind: 'json'; readonly text: string }
  | { readonly kind: 'entity'; readonly json: string }
  | { readonly kind: 'selection'; readonly selection: SelectionOutcome }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly mediatype: string }
  /** An answer of its own. */
  | {
      readonly kind: 'message';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
    };

export interface CalledOutcome {
  readonly kind: 'called';
  readonly result: CallResult;
  /** By GET the client may keep the answer and asks again; by POST nobody may. */
  readonly byGet: boolean;
  readonly pageMessage?: PageMessage;
}

export type Outcome =
  | InfoOutcome
  | LoginOutcome
  | AnswerOutcome
  | CatalogOutcome
  | CalledOutcome
  | ChangesOutcome
  | EntityOutcome
  | SelectionOutcome
  | ArrayOutcome
  | ValueOutcome
  | MediaOutcome
  | EmptyOutcome
  | EnvelopeOutcome
  | SavedOutcome
  | OkOutcome
  | LockOutcome
  | UploadOutcome;
