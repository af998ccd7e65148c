// Servers over one data folder, behind an address that cuts connections and holds back bytes as a bad network does.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer as createSocketServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Random } from '../../../examples/company/random.ts';
import { readConfig, type Config } from '../../src/config.ts';
import type { AppEvent } from '../../src/events.ts';
import { listen, stop } from '../../src/http/listen.ts';
import { createServer } from '../../src/http/server.ts';
import { openKeystamp, type Keystamp } from '../../src/keystamp.ts';
import { buildModel } from '../../src/model/load.ts';
import type { Model } from '../../src/model/model.ts';
import { readRolesFile } from '../../src/session/roles-file.ts';
import { Roles } from '../../src/session/roles.ts';
import definition from './model.ts';
import '../kept-converters.ts';

interface Node {
  readonly keystamp: Keystamp;
  readonly server: FastifyInstance;
  readonly url: string;
}

export class FeedServers {
  /** Faults inside the servers. */
  readonly faults: unknown[] = [];
  readonly #config: Config;
  readonly #model: Model;
  readonly #roles: Roles = new Roles();
  readonly #nodes = new Map<number, Promise<Node>>();

  /** @param roles what a roles file would hold; absent: nothing is protected */
  constructor(flags: Partial<Config> = {}, model: unknown = definition, roles?: object) {
    this.#model = buildModel(model);
    if (roles) {
      const { file, faults } = readRolesFile(JSON.stringify(roles), this.#model);
      if (!file) throw new Error(faults.join('\n'));
      this.#roles = new Roles(file);
    }
    const data = mkdtempSync(join(tmpdir(), 'keystamp-feed-'));
    this.#config = readConfig({ data, port: 0, logLevel: 'silent', converters: 1, changesPollMs: 20, ...flags });
  }

  /** The server of that number, started when it is not yet. */
  node(number: number): Promise<Node> {
    let node = this.#nodes.get(number);
    if (!node) this.#nodes.set(number, (node = this.#start()));
    return node;
  }

  async #start(): Promise<Node> {
    const onEvent = (event: AppEvent): void => {
      if (event.kind === 'failed') this.faults.push(event.cause);
    };
    const keystamp = await openKeystamp(this.#model, this.#config, onEvent, Date.now, () => this.#roles);
    const server = createServer(keystamp.handle, this.#config);
    return { keystamp, server, url: await listen(server, this.#config) };
  }

  /** Stops a server; the next one to ask starts it again on the same data. */
  async stop(number: number): Promise<void> {
    const node = await this.#nodes.get(number);
    if (!node) return;
    this.#nodes.delete(number);
    await stop(node.server, this.#config);
    await node.keystamp.close();
  }

  async close(): Promise<void> {
    for (const number of this.#nodes.keys()) await this.stop(number);
    rmSync(this.#config.data, { recursive: true, force: true });
  }
}

/** An address in front of the servers: each connection goes to one of them, and may break at any moment. */
export class BadNetwork {
  readonly #servers: FeedServers;
  readonly #random: Random;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  cuts = 0;

  constructor(servers: FeedServers, random: Random) {
    this.#servers = servers;
    this.#random = random;
    this.#server = createSocketServer((socket) => void this.#forward(socket));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Breaks some of the connections. */
  shake(): void {
    for (const socket of this.#sockets)
      if (this.#random.chance(0.3)) {
        this.cuts++;
        socket.destroy();
      }
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #forward(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
    const node = await this.#servers.node(this.#random.int(1, 2));
    const upstream = connect(Number(new URL(node.url).port), '127.0.0.1').on('error', () => socket.destroy());
    socket.on('close', () => upstream.destroy()).pipe(upstream);
    upstream.on('close', () => socket.destroy()).on('data', (bytes: Buffer) => {
      // In two pieces, so that events are cut anywhere.
      const at = this.#random.int(0, bytes.length);
      socket.write(bytes.subarray(0, at));
      socket.write(bytes.subarray(at));
    }); // oxfmt-ignore
  }
}
