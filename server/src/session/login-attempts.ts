// How often somebody may fail to log in (spec 13 § 5.4): a number of times a minute from one address, whichever way they log
// in and whichever process answers.
import { isIPv6 } from 'node:net';
import { failHttp } from '../errors.ts';
import type { Engine, Row, Transaction } from '../store/engine.ts';
import { attemptsOf, beginAttempts, forgetAttempts, writeAttempts } from '../store/sql/login-attempt.ts';
import type { Sql } from '../store/sql/sql.ts';

const windowMs = 60_000;

/** The attempts of an address in the last minute, by when they began, the oldest first. */
interface Attempts {
  readonly failed: readonly number[];
  /** Not known to have succeeded: under way, or broken off with their process. */
  readonly running: readonly number[];
}

export class LoginAttempts {
  readonly #engine: Engine;
  readonly #most: number;
  readonly #now: () => number;

  /** @param most failures a minute */
  constructor(engine: Engine, most: number, now: () => number) {
    this.#engine = engine;
    this.#most = most;
    this.#now = now;
  }

  /**
   * Lets `work` try to log in and counts it when it fails, with `false` or by throwing. Until it is known how it ends it
   * counts as well, so that nobody tries many at the same time.
   * @throws KeystampError 429 with `Retry-After`
   */
  async attempt(address: string, work: () => Promise<boolean>): Promise<boolean> {
    const name = networkOf(address);
    const now = this.#now();
    // Who is refused writes nothing; other processes may have counted a moment ago.
    this.#engine.refresh();
    this.#check(attemptsIn(await this.#engine.row(attemptsOf(name)), now), now);
    await this.#engine.write(async (tx) => {
      await tx.run(forgetAttempts(now - windowMs));
      await tx.run(beginAttempts(name));
      const { failed, running } = this.#check(await held(tx, name, now), now);
      await tx.run(written(name, { failed, running: [...running, now] }));
    });
    let succeeded = false;
    try {
      return (succeeded = await work());
    } finally {
      await this.#engine.write((tx) => settle(tx, name, now, succeeded));
    }
  }

  #check(attempts: Attempts, now: number): Attempts {
    const { failed, running } = attempts;
    if (failed.length >= this.#most) throw tooMany((failed[0] as number) + windowMs - now);
    if (failed.length + running.length >= this.#most) throw tooMany(1000);
    return attempts;
  }
}

/** Counts as failed what began then, or not at all. */
async function settle(tx: Transaction, name: string, begun: number, succeeded: boolean): Promise<void> {
  const { failed, running } = await held(tx, name, begun);
  const others = running.toSpliced(running.indexOf(begun), running.includes(begun) ? 1 : 0);
  const all = succeeded ? failed : [...failed, begun].toSorted((a, b) => a - b);
  await tx.run(written(name, { failed: all, running: others }));
}

/** The attempts of an address, which nobody else changes until the end of the transaction. */
async function held(tx: Transaction, name: string, now: number): Promise<Attempts> {
  await tx.lock(attemptsOf(name));
  return attemptsIn(await tx.row(attemptsOf(name)), now);
}

function attemptsIn(row: Row | undefined, now: number): Attempts {
  const lately = (text: unknown): readonly number[] =>
    (JSON.parse(String(text ?? '[]')) as readonly number[]).filter((begun) => begun > now - windowMs);
  return { failed: lately(row?.['failed']), running: lately(row?.['running']) };
}

const written = (name: string, { failed, running }: Attempts): Sql =>
  writeAttempts(name, JSON.stringify(failed), JSON.stringify(running), Math.max(0, ...failed, ...running) + windowMs);

const tooMany = (milliseconds: number): Error =>
  failHttp(429, 'failed logins from this address', {
    'Retry-After': String(Math.max(1, Math.ceil(milliseconds / 1000))),
  });

/** Who has one address of IPv6 has a network of them. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped ? (mapped[1] as string) : firstGroups(address).join(':');
}

/** The first 64 bits. */
function firstGroups(address: string): readonly string[] {
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) while (groups.length < 4) groups.push('0');
  return groups.slice(0, 4).map((group) => group.toLowerCase());
}
