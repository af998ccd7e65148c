// How often somebody may fail to log in (spec 13 § 5.4): so many times a minute from one address, by whatever door.
import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import { failHttp } from '../errors.ts';

const windowMs = 60_000;
/** Addresses remembered; a flood of others makes room for nobody's eleventh attempt but the oldest one's. */
const keptAddresses = 100_000;

interface Attempts {
  /** When the last ones failed, the oldest first. */
  readonly failed: number[];
  /** Being checked now. */
  running: number;
}

export class LoginAttempts {
  readonly #most: number;
  readonly #now: () => number;
  readonly #byAddress = new LRUCache<string, Attempts>({ max: keptAddresses });

  /** @param most failures a minute */
  constructor(most: number, now: () => number) {
    this.#most = most;
    this.#now = now;
  }

  /**
   * Lets `work` try to log in and counts it when it fails, with `false` or by throwing. As many may be tried at once as
   * may fail in a minute, so that nobody tries many at the same time.
   * @throws KeystampError 429 with `Retry-After`
   */
  async attempt(address: string, work: () => Promise<boolean>): Promise<boolean> {
    const name = networkOf(address);
    let attempts = this.#byAddress.get(name);
    if (!attempts) this.#byAddress.set(name, (attempts = { failed: [], running: 0 }));
    const { failed } = attempts;
    const now = this.#now();
    while (failed[0] !== undefined && failed[0] <= now - windowMs) failed.shift();
    if (failed.length >= this.#most) throw tooMany((failed[0] as number) + windowMs - now);
    if (attempts.running >= this.#most) throw tooMany(1000);
    attempts.running++;
    let succeeded = false;
    try {
      return (succeeded = await work());
    } finally {
      attempts.running--;
      if (!succeeded) failed.push(now);
    }
  }
}

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
