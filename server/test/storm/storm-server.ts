// A server process with one entity that has a picture, and what the storms ask of it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { Agent, request, type Dispatcher } from 'undici';
import { ServerProcess, type LogLine } from '../crash/server-process.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly bytes: Buffer;
  readonly milliseconds: number;
}

/** The path of the entity all storms are about. */
export const note = '/rest/Note(storm)';

export class StormServer {
  readonly data: string;
  readonly process: ServerProcess;
  readonly url: string;
  /** As many connections as there are requests at one time. */
  readonly #agent = new Agent({ connections: null });

  #marks = 0;

  private constructor(data: string, server: ServerProcess, url: string) {
    this.data = data;
    this.process = server;
    this.url = url;
  }

  /** Starts on an empty folder and stores the picture. @param env settings */
  static async start(picture: Buffer, env: Readonly<Record<string, string>>): Promise<StormServer> {
    const data = await mkdtemp(join(tmpdir(), 'keystamp-storm-'));
    const child = new ServerProcess(data, env);
    const server = new StormServer(data, child, await child.ready());
    const made = await server.send('POST', '/rest/Note?$method=update', '{"code":"storm","title":"calm"}');
    assert.equal(made.status, 200, made.bytes.toString());
    assert.equal((await server.send('POST', `${note}/photo?$rawPict=true`, picture)).status, 200);
    return server;
  }

  get(path: string): Promise<Reply> {
    return this.send('GET', path);
  }

  async send(method: Dispatcher.HttpMethod, path: string, body?: string | Buffer): Promise<Reply> {
    const begun = performance.now();
    const options = { method, dispatcher: this.#agent, ...(body !== undefined && { body }) };
    const answer = await request(this.url + path, options);
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    return { status: answer.statusCode, headers: answer.headers, bytes, milliseconds: performance.now() - begun };
  }

  /** The lines of the log of one kind, all up to now: the log is behind the answers, but in order. */
  async logged(kind: string): Promise<readonly LogLine[]> {
    const mark = `/rest/mark-${++this.#marks}`;
    await this.get(mark);
    await until('the log', () => this.process.log.some(({ msg, url }) => msg === 'answered' && url === mark));
    return this.process.log.filter(({ msg }) => msg === kind);
  }

  /** The entity's JSON and the bytes of its picture. */
  async entity(): Promise<{ json: string; photo: Buffer }> {
    const read = await this.get(note);
    assert.equal(read.status, 200);
    const json = read.bytes.toString();
    const { photo } = JSON.parse(json) as { photo: { __deferred: { uri: string } } };
    const picture = await this.get(photo.__deferred.uri);
    assert.equal(picture.status, 200);
    return { json, photo: picture.bytes };
  }

  /** Resident memory in MiB: of the server, and of it with its children. */
  memory(): { own: number; withChildren: number } {
    const own = residentMiB(this.process.pid);
    const children = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && parentOf(name) === this.process.pid)
      .map((name) => residentMiB(name));
    return { own, withChildren: children.reduce((sum, one) => sum + one, own) };
  }

  async end(): Promise<void> {
    await this.#agent.destroy();
    await this.process.kill();
    await rm(this.data, { recursive: true, force: true });
  }
}

/** A line of `/proc/PID/status`, 0 when the process is gone. */
function statusOf(pid: number | string, field: string): number {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

const parentOf = (pid: string): number => statusOf(pid, 'PPid');
const residentMiB = (pid: number | string): number => statusOf(pid, 'VmRSS') / 1024;

/** A picture with something to see everywhere, so that every quality and size gives other bytes. */
export function noisyPicture(width: number, height: number): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  return sharp({ create: { width, height, channels: 3, background: 'white', noise } })
    .jpeg({ quality: 80 })
    .toBuffer();
}

/** The nth of 20,000 conversions that nobody has asked for before: WebP and JPEG, sizes and qualities. */
export function variant(number: number): string {
  const format = number % 2 === 0 ? 'webp' : 'jpeg';
  const quality = 1 + (Math.floor(number / 2) % 100);
  const width = 60 + (Math.floor(number / 200) % 100);
  return `${note}/photo?$imageformat=${format}&$imagewidth=${width}&$imagequality=${quality}`;
}

/** Waits for what must come; a hang fails. */
export async function until(what: string, happened: () => boolean): Promise<void> {
  for (let waited = 0; !happened(); waited += 20) {
    assert.ok(waited < 240_000, `${what}: not within four minutes`);
    await sleep(20);
  }
}

/** The middle, the slowest of a hundred, and the slowest. */
export function spread(milliseconds: readonly number[]): string {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (part: number): string => (sorted[Math.floor(part * (sorted.length - 1))] ?? 0).toFixed(1);
  return `${sorted.length} reads, ms: median ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)}`;
}
