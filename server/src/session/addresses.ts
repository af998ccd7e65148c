// Addresses of clients: lists of hosts and networks, and this very machine.
import { BlockList, isIP } from 'node:net';

const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Node writes clients of IPv4 so where it listens on both. */
const unmapped = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

export class Addresses {
  readonly #list = new BlockList();

  /** @throws Error for something that is neither an address nor a network such as `10.0.0.0/8` */
  constructor(hosts: readonly string[]) {
    for (const host of hosts) {
      const [address = '', prefix, ...others] = host.split('/');
      const bits = Number(prefix);
      const most = isIP(address) === 6 ? 128 : 32;
      if (isIP(address) === 0 || others.length > 0 || (prefix !== undefined && !(bits >= 0 && bits <= most)))
        throw new Error(`${host} is neither an address nor a network such as 10.0.0.0/8`);
      if (prefix === undefined) this.#list.addAddress(address, family(address));
      else this.#list.addSubnet(address, bits, family(address));
    }
  }

  has(address: string): boolean {
    const plain = unmapped(address);
    return isIP(plain) !== 0 && this.#list.check(plain, family(plain));
  }
}

/** This machine itself. */
export const loopback = new Addresses(['127.0.0.0/8', '::1']);
