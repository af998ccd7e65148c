// Listening and stopping: on which address, and what becomes of the requests under way.
import { once } from 'node:events';
import { BlockList, createServer, isIP, type AddressInfo, type ListenOptions, type Server } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const family = isIP(host);
  return family !== 0 && loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Whether a roles file or API keys protect the data; without them everybody who reaches the server may do everything.
 * @param roles of every model that is served
 */
export const isProtected = ({ apiKeys }: Config, roles: readonly { readonly isOpen: boolean }[]): boolean =>
  apiKeys === 'required' || roles.every(({ isOpen }) => !isOpen);

/**
 * Why the server must not listen there, `undefined` when it may (DECISIONS P12).
 * @param isSafe as `isProtected` has it
 */
export function refusesToListen({ host, open }: Config, isSafe: boolean): string | undefined {
  if (open || isLoopback(host) || isSafe) return undefined;
  return `${host} can be reached from other machines, and nothing protects the data: there is no roles file and API keys are not required. Serve on 127.0.0.1, or give --open to serve everybody.`;
}

/** Why a server could not listen, in words, by the code of the system. */
const reasons: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (host, port) => `Port ${port} of ${host} is taken by another program; choose another one with --port.`,
  EACCES: (host, port) => `Port ${port} of ${host} needs more rights than this user has; choose one above 1023.`,
  EADDRNOTAVAIL: (host) => `${host} is no address of this machine.`,
  ENOTFOUND: (host) => `${host} is no address of this machine.`,
};

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** The error of a system that could not listen, in words. */
function inWords(error: unknown, { host, port }: Pick<Config, 'host' | 'port'>): unknown {
  const reason = reasons[String(codeOf(error))];
  return reason ? new Error(reason(host, port), { cause: error }) : error;
}

/**
 * Listens; answers the URL.
 * @throws Error that says what to do when the address or the port cannot be had
 */
export async function listen(server: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    await server.listen({ host, port });
  } catch (error) {
    throw inWords(error, { host, port });
  }
  const address = server.server.address() as AddressInfo;
  return urlOf(address.address, address.port);
}

/**
 * Listens beside other processes on the same port: each has a socket of its own, and the system spreads connections among
 * them, so that it resets those of a process that dies. Where the system cannot do that, they share the socket of the
 * process that has started them.
 * @throws as `listen`
 */
export async function listenWithOthers(server: FastifyInstance, config: Config): Promise<string> {
  const { host, port } = config;
  const own = { host, port, exclusive: true, reusePort: true };
  try {
    await server.listen(own);
  } catch (error) {
    if (codeOf(error) !== 'ENOTSUP') throw inWords(error, config);
    return listen(server, config);
  }
  return urlOf((server.server.address() as AddressInfo).address, port);
}

/** A port for processes that listen on it together. */
export interface ClaimedPort {
  readonly port: number;
  /** To be called when they listen: until then nobody else is given a port that was free. */
  readonly release: () => void;
}

/**
 * Looks whether a port can be had, for processes that listen on it together: they would share it with any others that do.
 * For 0 it is a free one, which the system might give to another program while they come up.
 * @throws as `listen`
 */
export async function claimPort({ host, port }: Pick<Config, 'host' | 'port'>): Promise<ClaimedPort> {
  try {
    const held = port === 0 ? await holdFreePort(host) : undefined;
    const server = held ?? (await listening({ host, port }));
    const claimed = (server.address() as AddressInfo).port;
    if (held) return { port: claimed, release: () => void held.close() };
    server.close();
    await once(server, 'close');
    return { port: claimed, release: () => undefined };
  } catch (error) {
    throw inWords(error, { host, port });
  }
}

/** Listens on a port that others may listen on as well; nothing where the system cannot do that. */
async function holdFreePort(host: string): Promise<Server | undefined> {
  try {
    return await listening({ host, port: 0, exclusive: true, reusePort: true });
  } catch (error) {
    if (codeOf(error) === 'ENOTSUP') return undefined;
    throw error;
  }
}

/** A server that says nothing. */
async function listening(options: ListenOptions): Promise<Server> {
  const server = createServer((socket) => socket.destroy()).listen(options);
  await once(server, 'listening');
  return server;
}

export const urlOf = (host: string, port: number): string => `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;

/** Takes no new connections and waits until every request under way is answered, for `stopSeconds` at most. */
export async function stop(server: FastifyInstance, { stopSeconds }: Config): Promise<void> {
  const timer = setTimeout(() => server.server.closeAllConnections(), stopSeconds * 1000);
  try {
    await server.close();
  } finally {
    clearTimeout(timer);
  }
}
