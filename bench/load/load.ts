// The load process: does one load job at a time and tells what came of it.
import { answerQuestions } from '../answer-questions.ts';
import { Connection } from './connection.ts';
import type { LoadJob, LoadResult } from './load-job.ts';

answerQuestions<LoadJob, LoadResult>('load', async (job) => {
  const connections = await Promise.all(Array.from({ length: job.connections }, () => Connection.open(job.port)));
  try {
    return await (job.rate === undefined ? loadClosed(job, connections) : loadAtRate(job, job.rate, connections));
  } finally {
    for (const connection of connections) connection.close();
  }
});

/** The next request of a job, `undefined` when all were sent. */
function requestsOf({ targets, order, bodies, headers = {}, port }: LoadJob): () => Buffer | undefined {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = (line: string): string => `${line} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${lines.join('')}`;
  const requests = bodies
    ? bodies.map((body) => {
        const fields = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
        return Buffer.from(`${head(`POST ${targets[0]}`)}${fields}${body}`);
      })
    : targets.map((target) => Buffer.from(`${head(`GET ${target}`)}\r\n`));
  let next = 0;
  return order === 'once' ? () => requests[next++] : () => requests[Math.floor(Math.random() * requests.length)];
}

class Tally {
  readonly #status: number;
  readonly #cpu = process.cpuUsage();
  readonly #begun = performance.now();
  readonly latencies: number[] = [];
  requests = 0;
  bytes = 0;

  constructor(status: number) {
    this.#status = status;
  }

  get elapsed(): number {
    return (performance.now() - this.#begun) / 1000;
  }

  answered(status: number, bytes: number): void {
    if (status !== this.#status) throw new Error(`status ${status}, ${this.#status} was expected`);
    this.requests++;
    this.bytes += bytes;
  }

  result(): LoadResult {
    const { user, system } = process.cpuUsage(this.#cpu);
    const { requests, bytes, elapsed, latencies } = this;
    return { requests, bytes, seconds: elapsed, cpuSeconds: (user + system) / 1e6, latencies };
  }
}

/** Every connection asks again as soon as it is answered. */
async function loadClosed(job: LoadJob, connections: readonly Connection[]): Promise<LoadResult> {
  const next = requestsOf(job);
  const tally = new Tally(job.status);
  const until = performance.now() + (job.seconds ?? Infinity) * 1000;
  await Promise.all(
    connections.map(
      (connection) =>
        new Promise<void>((resolve, reject) => {
          const ask = (): void => {
            const request = performance.now() < until ? next() : undefined;
            if (request) connection.send(request);
            else resolve();
          };
          connection.onLost = reject;
          connection.onAnswer = (status, bytes) => {
            try {
              tally.answered(status, bytes);
              ask();
            } catch (error) {
              reject(error as Error);
            }
          };
          ask();
        }),
    ),
  );
  return tally.result();
}

/** Requests come at fixed times; one that finds no free connection waits, and its wait counts. */
async function loadAtRate(job: LoadJob, rate: number, connections: readonly Connection[]): Promise<LoadResult> {
  const next = requestsOf(job);
  const tally = new Tally(job.status);
  const free = [...connections];
  const waiting: { readonly request: Buffer; readonly since: number }[] = [];
  const total = Math.round(rate * (job.seconds ?? 0));
  await new Promise<void>((resolve, reject) => {
    const start = (connection: Connection, request: Buffer, since: number): void => {
      connection.onLost = reject;
      connection.onAnswer = (status, bytes) => {
        try {
          tally.answered(status, bytes);
        } catch (error) {
          return reject(error as Error);
        }
        tally.latencies.push(performance.now() - since);
        if (tally.requests === total) return resolve();
        const first = waiting.shift();
        if (first) start(connection, first.request, first.since);
        else free.push(connection);
      };
      connection.send(request);
    };
    let sent = 0;
    const tick = (): void => {
      while (sent < total && tally.elapsed >= sent / rate) {
        sent++;
        const request = next();
        if (!request) return reject(new Error('more requests than targets'));
        const connection = free.pop();
        if (connection) start(connection, request, performance.now());
        else waiting.push({ request, since: performance.now() });
      }
      if (sent < total) setTimeout(tick, Math.max(0, (sent / rate - tally.elapsed) * 1000));
    };
    tick();
  });
  return tally.result();
}
