// Who calls code of the author.
import type { Json } from '../model/model.ts';
import type { Access } from '../session/access.ts';
import type { Identity } from '../session/identity.ts';
import type { Session } from '../session/session.ts';
import type { Beginning } from '../session/sessions.ts';
import type { Transaction } from '../store/engine.ts';

/** Who calls: a request with its session. What code changes of the session is stored before the request is answered. */
export interface Caller {
  /** The session the client came with or got by now. */
  readonly session: Session | undefined;
  /** What the one who asks may do. */
  readonly access: Access;
  /** The session, a new one if there was none. */
  openSession(): Session;
  readonly identity: Identity;
  /** From here on the client is somebody else. */
  become(beginning: Beginning): Session;
  /** How long its session lives unused, in milliseconds. */
  readonly idleMs: number;
  setIdleMs(idleMs: number): void;
  /** When it ends unless it is used, in milliseconds since 1970. */
  readonly expires: number;
  /** What code keeps in the session; a session is made once something is in it. */
  readonly storage: Record<string, Json>;
  /** Something that opens the session once, elsewhere, for so many milliseconds. */
  createToken(lifeMs: number): string;
  /** Goes on in the session that a token opens; false when there is none. */
  restore(token: string, tx: Transaction): Promise<boolean>;
}
