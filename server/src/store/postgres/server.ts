// The way to the database server: connections are opened when they are needed and opened again when they were lost.
import type { Client, ClientConfig, Pool, PoolClient } from 'pg';
import { Connection } from './connection.ts';
import { AwayError, isAway } from './errors.ts';
import { Statements } from './statement.ts';
import { rowClient, rowQuery, type Driver } from './wire.ts';

/** How long a connection may take to come about, or to become free. */
const connectMs = 10_000;

export interface ServerOptions {
  /** `postgres://user@host:5432/database` */
  readonly url: string;
  /** Tables are in this schema; absent: the one that the server gives. */
  readonly schema?: string | undefined;
}

/** What every connection begins with: answers must not depend on what the database was set to. */
function settingsOf(schema: string | undefined, timeoutMs: number): string {
  const settings = [
    `SET statement_timeout = ${timeoutMs}`,
    'SET extra_float_digits = 1',
    'SET standard_conforming_strings = on',
    "SET bytea_output = 'hex'",
    // Statements follow a BEGIN without waiting for it: if it fails, they must not be carried out one by one.
    'SET default_transaction_read_only = on',
    ...(schema === undefined ? [] : [`SET search_path = "${schema.replaceAll('"', '""')}"`]),
  ];
  return settings.join('; ');
}

export class Server {
  readonly #driver: Driver;
  readonly #Client: ReturnType<typeof rowClient>;
  readonly #RowQuery: ReturnType<typeof rowQuery>;
  readonly #options: ServerOptions;
  readonly #connections = new Set<Connection>();
  readonly #ofClient = new WeakMap<Client, Connection>();
  readonly statements = new Statements((name) => {
    for (const connection of this.#connections) connection.forget(name);
  });

  private constructor(driver: Driver, options: ServerOptions) {
    this.#driver = driver;
    this.#Client = rowClient(driver);
    this.#RowQuery = rowQuery(driver);
    this.#options = options;
  }

  /** Loads the driver; nothing is connected yet. */
  static async of(options: ServerOptions): Promise<Server> {
    const { default: driver } = await import('pg');
    return new Server(driver as unknown as Driver, options);
  }

  get #config(): ClientConfig {
    return {
      connectionString: this.#options.url,
      application_name: 'keystamp',
      connectionTimeoutMillis: connectMs,
      keepAlive: true,
      pipeline: true,
    } as ClientConfig;
  }

  /** One connection for many at once. */
  shared(timeoutMs: number): SharedConnection {
    return new SharedConnection(async (onLost) => this.#connection(await this.connect(timeoutMs, onLost)));
  }

  /**
   * A connection.
   * @param onLost called when it is lost, once or more often
   * @throws AwayError when the server cannot be reached
   */
  async connect(timeoutMs: number, onLost: () => void): Promise<Client> {
    const client = new this.#Client(this.#config);
    client.once('end', onLost);
    client.on('error', onLost);
    try {
      await client.connect();
      await client.query(settingsOf(this.#options.schema, timeoutMs));
    } catch (error) {
      // Nobody has it, so nobody else would end it.
      client.end().catch(() => {});
      throw isAway(error) ? new AwayError(error) : error;
    }
    return client;
  }

  /** Connections that one uses at a time, at most so many. */
  pool(most: number, timeoutMs: number): ConnectionPool {
    const pool = new this.#driver.Pool({
      ...this.#config,
      Client: this.#Client,
      max: most,
      idleTimeoutMillis: 60_000,
      allowExitOnIdle: true,
    });
    pool.on('connect', (client) => {
      // Sent before anything else on that connection.
      client.query(settingsOf(this.#options.schema, timeoutMs)).catch(() => {});
    });
    // An idle connection that is lost is replaced when one is needed.
    pool.on('error', () => {});
    return new ConnectionPool(pool, (client) => this.#connection(client as unknown as Client));
  }

  #connection(client: Client): Connection {
    let connection = this.#ofClient.get(client);
    if (!connection) {
      connection = new Connection(client, this.statements, this.#RowQuery);
      this.#ofClient.set(client, connection);
      this.#connections.add(connection);
      const gone = connection;
      client.on('end', () => this.#connections.delete(gone));
      // Those who wait for answers hear of it; nobody else has to.
      client.on('error', () => this.#connections.delete(gone));
    }
    return connection;
  }
}

/** A connection that many send statements over; another one takes its place when it is lost. */
export class SharedConnection {
  readonly #open: (onLost: () => void) => Promise<Connection>;
  #current: Promise<Connection> | undefined;
  #closed = false;

  /** @param open told what to call when the connection is lost, once or more often */
  constructor(open: (onLost: () => void) => Promise<Connection>) {
    this.#open = open;
  }

  /** @throws AwayError when the server cannot be reached */
  get(): Promise<Connection> {
    if (this.#closed) return Promise.reject(new AwayError(new Error('closed')));
    return (this.#current ??= this.#connect());
  }

  async close(): Promise<void> {
    this.#closed = true;
    const connection = await this.#current?.catch(() => undefined);
    await connection?.client.end().catch(() => {});
  }

  #connect(): Promise<Connection> {
    const lost = (): void => {
      if (this.#current === connecting) this.#current = undefined;
    };
    const connecting = this.#open(lost);
    connecting.catch(lost);
    return connecting;
  }
}

/** Connections that are borrowed. */
export class ConnectionPool {
  readonly #pool: Pool;
  readonly #connection: (client: PoolClient) => Connection;
  readonly #used = new Set<Connection>();

  constructor(pool: Pool, connection: (client: PoolClient) => Connection) {
    this.#pool = pool;
    this.#connection = connection;
  }

  /** The connections at work. */
  get used(): ReadonlySet<Connection> {
    return this.#used;
  }

  /**
   * Lends a connection for some work. When the work throws, the connection is given up unless `isSound` says that it can
   * go on.
   */
  async use<T>(
    work: (connection: Connection) => Promise<T>,
    isSound: (error: unknown) => boolean = () => true,
  ): Promise<T> {
    let client: PoolClient;
    try {
      client = await this.#pool.connect();
    } catch (error) {
      throw isAway(error) ? new AwayError(error) : error;
    }
    const connection = this.#connection(client);
    this.#used.add(connection);
    try {
      const result = await work(connection);
      client.release();
      return result;
    } catch (error) {
      client.release(isAway(error) || !isSound(error));
      throw error;
    } finally {
      this.#used.delete(connection);
    }
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}
