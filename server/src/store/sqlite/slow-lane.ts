// Where statements run that may take long: a few processes with a bounded queue in front of them. They cannot hold up
// the server, and what is not done in time is ended with its process.
import type { Config } from '../../config.ts';
import { failHttp, type KeystampError } from '../../errors.ts';
import type { KeyFacts, KeyKind, KeyList } from '../../query/key-list.ts';
import type { KeyRange, Row, SetKeys } from '../engine.ts';
import type { StoredSet } from '../sql/entity-set.ts';
import type { Sql } from '../sql/sql.ts';
import { LaneChild, LaneLost } from './lane-child.ts';
import type { LaneJob, LaneResult } from './lane-job.ts';
import type { Pace } from './pace.ts';

export type LaneLimits = Pick<Config, 'querySeconds' | 'queryProcesses' | 'maxQueryQueue'>;

/** Does a job in the process that was given. */
type Do = (job: LaneJob) => Promise<LaneResult>;

interface Waiting {
  readonly work: (run: Do) => Promise<unknown>;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

const busy = (detail: string): KeystampError => failHttp(503, detail, { 'Retry-After': '1' });

/** Starts its processes when they are needed; `close()` ends them. Every method throws 503 when too many wait. */
export class SlowLane {
  readonly #file: string;
  readonly #limits: LaneLimits;
  readonly #waiting: Waiting[] = [];
  readonly #children = new Set<LaneChild>();
  readonly #idle: LaneChild[] = [];
  #running = 0;
  #closed = false;

  constructor(file: string, limits: LaneLimits) {
    this.#file = file;
    this.#limits = limits;
  }

  /** @param pace told how long the statement took */
  async rows({ text, params }: Sql, pace?: Pace): Promise<readonly Row[]> {
    const result = await this.#do({ kind: 'rows', text, params }, pace);
    return result.kind === 'rows' ? result.rows : unexpected(result);
  }

  async row({ text, params }: Sql, pace?: Pace): Promise<Row | undefined> {
    const result = await this.#do({ kind: 'row', text, params }, pace);
    return result.kind === 'rows' ? result.rows[0] : unexpected(result);
  }

  async keys({ text, params }: Sql, among: KeyList | undefined, pace?: Pace): Promise<KeyList> {
    const result = await this.#do({ kind: 'keys', text, params, ...(among && { among }) }, pace);
    return result.kind === 'keys' ? result.keys : unexpected(result);
  }

  /** See `Engine.setOf`. Both jobs are done by one process, which nobody else gets in between. */
  setOf({ text, params }: Sql, shown: KeyRange, asSet: (found: KeyFacts) => StoredSet, pace?: Pace): Promise<SetKeys> {
    return this.#inProcess(async (run): Promise<SetKeys> => {
      const found = told(await run({ kind: 'find', text, params, shown }), pace);
      if (found.kind === 'keys') return { kind: 'here', keys: found.keys };
      if (found.kind !== 'held') return unexpected(found);
      told(await run({ kind: 'store', set: asSet(found.facts) }));
      return { kind: 'stored', shown: found.keys };
    });
  }

  async storedKeys({ text, params }: Sql, of: KeyKind, count: number): Promise<KeyList | undefined> {
    const result = await this.#do({ kind: 'load', text, params, of, count });
    if (result.kind === 'gone') return undefined;
    return result.kind === 'keys' ? result.keys : unexpected(result);
  }

  async write(statements: readonly Sql[]): Promise<void> {
    await this.#do({ kind: 'writes', statements: statements.map(({ text, params }) => ({ text, params })) });
  }

  /** Ends the processes. Statements under way or waiting fail with 503. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(busy('stopping'));
    await Promise.all([...this.#children].map((child) => child.end()));
  }

  async #do(job: LaneJob, pace?: Pace): Promise<LaneResult> {
    return told(await this.#inProcess((run) => run(job)), pace);
  }

  #inProcess<T>(work: (run: Do) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closed) return reject(busy('stopping'));
      const startsAtOnce = this.#running < this.#limits.queryProcesses;
      if (!startsAtOnce && this.#waiting.length >= this.#limits.maxQueryQueue)
        return reject(busy('too many long queries wait'));
      this.#waiting.push({ work, resolve, reject });
      this.#startWaiting();
    });
  }

  #startWaiting(): void {
    while (this.#running < this.#limits.queryProcesses) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#running++;
      void this.#serve(next.work)
        .then(next.resolve as (result: unknown) => void, next.reject)
        .finally(() => {
          this.#running--;
          this.#startWaiting();
        });
    }
  }

  async #serve<T>(work: (run: Do) => Promise<T>): Promise<T> {
    const child = this.#takeChild();
    try {
      return await work((job) => child.run(job, this.#limits.querySeconds * 1000));
    } catch (error) {
      throw error instanceof LaneLost ? busy(this.#closed ? 'stopping' : error.message) : error;
    } finally {
      if (child.alive) this.#idle.push(child);
    }
  }

  /** A process that waits for work, or a new one. */
  #takeChild(): LaneChild {
    for (let child = this.#idle.pop(); child; child = this.#idle.pop()) if (child.alive) return child;
    const child = new LaneChild(this.#file);
    this.#children.add(child);
    void child.closed.then(() => this.#children.delete(child));
    return child;
  }
}

/**
 * @param pace told how long the statement took
 * @throws Error for what SQLite refused
 */
function told(result: LaneResult, pace?: Pace): LaneResult {
  if (result.kind === 'failed') throw new Error(result.message);
  if ('ms' in result) pace?.ranInLane(result.ms);
  return result;
}

function unexpected(result: LaneResult): never {
  throw new Error(`unexpected result: ${result.kind}`);
}
