// What the driver leaves to be added: rows that are read where they lie, instead of each value becoming a string first.
import type { Client, ClientConfig, Query, QueryConfig } from 'pg';
import protocol from 'pg-protocol/dist/parser.js';
import type { RowReader, RowSink } from '../sql/row-reader.ts';

export type Driver = typeof import('pg');

/** The parts of the driver that its types do not name. */
interface Parser {
  parse(bytes: Buffer, onMessage: (message: Message) => void): void;
}
interface PrivateParser extends Parser {
  handlePacket(at: number, code: number, length: number, bytes: Buffer): Message;
}
interface Message {
  readonly name: string;
}
interface DriverConnection {
  attachListeners(stream: NodeJS.ReadableStream): void;
  emit(event: string, message: Message): void;
  readonly submittedNamedStatements: Record<string, string>;
  parse(statement: { readonly text: string; readonly name: string | undefined }): void;
  bind(values: {
    readonly statement: string | undefined;
    readonly values: readonly unknown[];
    readonly binary: boolean;
    readonly valueMapper: (value: unknown) => unknown;
  }): void;
  execute(): void;
  sync(): void;
}
interface PrivateQuery {
  readonly text: string;
  readonly name: string | undefined;
  readonly values: readonly unknown[];
  _canceledDueToError: unknown;
  hasBeenParsed(connection: DriverConnection): boolean;
}

const dataRow = 'D'.charCodeAt(0);

/** A row that is still among the bytes that came; its fields are read by those alone who ask for them. */
class RowMessage implements Message {
  readonly name = 'dataRow';
  bytes: Buffer = Buffer.alloc(0);
  at = 0;

  get fields(): readonly (string | null)[] {
    const { bytes } = this;
    let at = this.at + 2;
    return Array.from({ length: bytes.readInt16BE(this.at) }, () => {
      const length = bytes.readInt32BE(at);
      at += 4;
      if (length < 0) return null;
      return bytes.toString('utf8', at, (at += length));
    });
  }
}

const DriverParser = protocol.Parser as unknown as new () => PrivateParser;

class RowParser extends DriverParser {
  readonly #row = new RowMessage();

  override handlePacket(at: number, code: number, length: number, bytes: Buffer): Message {
    if (code !== dataRow) return super.handlePacket(at, code, length, bytes);
    this.#row.bytes = bytes;
    this.#row.at = at;
    return this.#row;
  }
}

/** The driver's client with a parser that leaves rows where they are. */
export function rowClient({ Client: DriverClient }: Driver): new (config?: ClientConfig) => Client {
  return class extends DriverClient {
    constructor(config?: ClientConfig) {
      super(config);
      const { connection } = this as unknown as { readonly connection: DriverConnection };
      connection.attachListeners = (stream) => {
        const parser = new RowParser();
        const onMessage = (message: Message): void =>
          connection.emit(message.name === 'error' ? 'errorMessage' : message.name, message);
        stream.on('data', (bytes: Buffer) => parser.parse(bytes, onMessage));
      };
    }
  };
}

export type RowQuery = new (config: QueryConfig, reader: RowReader) => Query & { readonly sink: RowSink };

/** A query whose rows a reader takes; what they are is not asked for. */
export function rowQuery({ Query: DriverQuery }: Driver): RowQuery {
  return class extends (DriverQuery as unknown as new (config: QueryConfig) => Query) {
    readonly sink: RowSink;
    readonly #binary: boolean;

    constructor(config: QueryConfig, reader: RowReader) {
      super({ ...config, queryMode: 'extended' } as QueryConfig);
      this.sink = reader.start();
      this.#binary = reader.binary;
    }

    handleDataRow({ bytes, at }: RowMessage): void {
      const query = this as unknown as PrivateQuery;
      // The answer must be read to its end all the same.
      if (query._canceledDueToError) return;
      try {
        this.sink.take(bytes, at);
      } catch (error) {
        query._canceledDueToError = error;
      }
    }

    prepare(connection: DriverConnection): void {
      const query = this as unknown as PrivateQuery;
      const { text, name, values } = query;
      if (!query.hasBeenParsed(connection)) {
        connection.parse({ text, name });
        if (name !== undefined) connection.submittedNamedStatements[name] = text;
      }
      const binary = this.#binary;
      connection.bind({ statement: name, values, binary, valueMapper: asSent });
      connection.execute();
      connection.sync();
    }
  } as unknown as RowQuery;
}

/** Bytes and null as they are, all else as text. */
const asSent = (value: unknown): unknown =>
  value instanceof Uint8Array
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : value === null
      ? null
      : String(value);
