// Random changes over HTTP: new entities, changes, changes of nothing, deletions, deleted keys used again, transactions.
import type { Random } from '../../../examples/company/random.ts';
import type { SyncServer } from './sync-server.ts';

const codes = ['a', 'b', 'c & d', 'é', 'f/g', '"h"'];
const rows = ['A', 'B&C'];

export class RandomWriter {
  readonly #server: Pick<SyncServer, 'send'>;
  readonly #random: Random;
  /** How many requests the server carried out. */
  done = 0;

  constructor(server: Pick<SyncServer, 'send'>, random: Random) {
    this.#server = server;
    this.#random = random;
  }

  async write(times: number): Promise<void> {
    for (let i = 0; i < times; i++) await this.#one();
  }

  async #one(): Promise<void> {
    const random = this.#random;
    switch (random.int(0, 7)) {
      case 0:
        return this.#save('Person', { name: `P${random.int(0, 999)}`, salary: random.int(0, 9) });
      case 1:
        return this.#save('Person', { __KEY: String(random.int(1, 12)), salary: random.int(0, 2) });
      case 2:
        return this.#delete('Person', random.int(1, 12));
      case 3:
        return this.#save('Place', { __KEY: random.pick(codes), __STAMP: 0, name: `N${random.int(0, 3)}` });
      case 4:
        return this.#delete('Place', JSON.stringify(random.pick(codes)).replaceAll(String.raw`\"`, '""'));
      case 5:
        return this.#save('Seat', { row: random.pick(rows), number: random.int(1, 3), taken: random.chance(0.5) });
      case 6:
        return this.#delete('Seat', `"${random.pick(rows)}"&${random.int(1, 3)}`);
      default:
        return this.#save(
          'Person',
          [{ name: 'T' }, { __KEY: String(random.int(1, 12)), salary: random.int(3, 9) }, { name: 'U' }],
          '&$atomic=true',
        );
    }
  }

  async #save(name: string, body: object, more = ''): Promise<void> {
    const answer = await this.#server.send(`${name}?$method=update${more}`, body);
    if (answer['__ERROR'] === undefined) this.done++;
  }

  async #delete(name: string, key: string | number): Promise<void> {
    const answer = await this.#server.send(`${name}(${encodeURIComponent(key)})?$method=delete`, {});
    if (answer['ok'] === true) this.done++;
  }
}
