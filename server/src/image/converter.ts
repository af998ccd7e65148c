// All work on picture content: a few child processes, two bounded queues in front of them. Uploads go before
// conversions, and nothing here can take processor time away from the data API.
import { availableParallelism } from 'node:os';
import type { Config } from '../config.ts';
import { errorTable, failHttp, KeystampError } from '../errors.ts';
import type { ConversionJob, ImageInfo } from './conversion-job.ts';
import { ConverterChild, ConverterLost } from './converter-child.ts';
import type { Answer } from './converter-child.ts';
import { mediaTypeOf, sniffFormat } from './formats.ts';
import type { ImageEvent, OnImageEvent } from './image-event.ts';
import type { Variant } from './variant.ts';

export type ConverterLimits = Pick<
  Config,
  'converters' | 'maxConversionQueue' | 'conversionSeconds' | 'maxImagePixels' | 'maxImageBytes'
>;

/** A process is replaced after this many jobs, should a decoder leak. */
const jobsPerChild = 2000;

interface WaitingJob {
  readonly kind: ConversionJob['kind'];
  /** Called when a process is free, so that waiting jobs hold no pictures. */
  readonly read: () => Promise<Uint8Array>;
  /** The job for the bytes that were read. */
  readonly jobFor: (bytes: Uint8Array) => ConversionJob;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** 1824 with the type that the bytes seem to be; what the decoder said goes to the log. */
function unreadable(type: string | undefined, cause?: unknown): KeystampError {
  return new KeystampError(errorTable[1824].status, [{ code: 1824, args: type === undefined ? [] : [type] }], {
    cause,
  });
}

const busy = (detail: string): KeystampError => failHttp(503, detail, { 'Retry-After': '1' });

/** Inspects and converts pictures. Starts its processes when they are needed; `close()` ends them. */
export class Converter {
  readonly #limits: ConverterLimits;
  readonly #onEvent: OnImageEvent;
  readonly #maxRunning: number;
  readonly #waiting: Record<ConversionJob['kind'], WaitingJob[]> = { inspect: [], convert: [] };
  readonly #children = new Set<ConverterChild>();
  readonly #idle: ConverterChild[] = [];
  #running = 0;
  #closed = false;

  constructor(limits: ConverterLimits, onEvent: OnImageEvent = () => {}) {
    this.#limits = limits;
    this.#onEvent = onEvent;
    this.#maxRunning = limits.converters > 0 ? limits.converters : availableParallelism();
  }

  /**
   * What a new picture is; it is decoded from end to end first (spec 10 §§ 7.9, 7.10). Goes before conversions.
   * @throws KeystampError 1824 when it is no whole picture of a known type (or crashes the decoder), 413 over
   *   `maxImageBytes` or `maxImagePixels`, 503 when too many wait or the decoder ran out of time
   */
  async inspect(bytes: Uint8Array): Promise<ImageInfo> {
    if (bytes.length > this.#limits.maxImageBytes) throw failHttp(413, `over ${this.#limits.maxImageBytes} bytes`);
    const format = sniffFormat(bytes);
    if (!format) throw unreadable(undefined);
    const begun = performance.now();
    const job = { kind: 'inspect', format, maxPixels: this.#limits.maxImagePixels } as const;
    const { reply } = await this.#enqueue(
      'inspect',
      async () => bytes,
      () => job,
    );
    if (reply.kind !== 'inspected') throw new Error(`unexpected reply: ${reply.kind}`);
    this.#onEvent({ kind: 'pictureInspected', bytes: bytes.length, milliseconds: performance.now() - begun });
    return reply.info;
  }

  /**
   * A picture in another form.
   * @param read gives the stored bytes; called when the conversion begins, not while it waits. What it throws is thrown
   * @throws KeystampError 1824 when the stored bytes cannot be decoded, 413 over `maxImagePixels`, 503 when too many
   *   wait, or the decoder was killed or ran out of time (which a busy machine can cause, so another try may work)
   */
  async convert(read: () => Promise<Uint8Array>, variant: Variant & { unchanged: false }): Promise<Buffer> {
    const begun = performance.now();
    const { resize, quality } = variant;
    const { body } = await this.#enqueue('convert', read, (bytes) => {
      const format = sniffFormat(bytes);
      if (!format) throw unreadable(undefined);
      const job = { kind: 'convert', format, to: variant.format, maxPixels: this.#limits.maxImagePixels } as const;
      return { ...job, ...(resize ? { resize } : {}), ...(quality === undefined ? {} : { quality }) };
    });
    const milliseconds = performance.now() - begun;
    this.#onEvent({ kind: 'pictureConverted', variant: variant.name, bytes: body.length, milliseconds });
    return body;
  }

  /** Ends the processes. Jobs under way or waiting fail with 503. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const queue of Object.values(this.#waiting)) for (const job of queue.splice(0)) job.reject(busy('stopping'));
    await Promise.all([...this.#children].map((child) => child.end()));
  }

  #enqueue(kind: WaitingJob['kind'], read: WaitingJob['read'], jobFor: WaitingJob['jobFor']): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(busy('stopping'));
      const queue = this.#waiting[kind];
      const startsAtOnce = this.#running < this.#maxRunning;
      if (!startsAtOnce && queue.length >= this.#limits.maxConversionQueue)
        return reject(busy('too many pictures wait'));
      queue.push({ kind, read, jobFor, resolve, reject });
      this.#startWaiting();
    });
  }

  #startWaiting(): void {
    while (this.#running < this.#maxRunning) {
      const next = this.#waiting.inspect.shift() ?? this.#waiting.convert.shift();
      if (!next) return;
      this.#running++;
      void this.#serve(next)
        .then(next.resolve, next.reject)
        .finally(() => {
          this.#running--;
          this.#startWaiting();
        });
    }
  }

  async #serve(waiting: WaitingJob): Promise<Answer> {
    const child = await this.#takeChild();
    try {
      const bytes = await waiting.read();
      const job = waiting.jobFor(bytes);
      const answer = await this.#run(child, job, bytes);
      if (answer.reply.kind !== 'refused') return answer;
      if (answer.reply.reason === 'pixels') throw failHttp(413, answer.reply.detail);
      throw unreadable(mediaTypeOf(job.format), answer.reply.detail);
    } finally {
      if (child.alive && child.jobs < jobsPerChild) this.#idle.push(child);
      else void child.end();
    }
  }

  async #run(child: ConverterChild, job: ConversionJob, bytes: Uint8Array): Promise<Answer> {
    try {
      return await child.run(job, bytes, this.#limits.conversionSeconds * 1000);
    } catch (error) {
      if (!(error instanceof ConverterLost)) throw error;
      this.#report(child, error);
      if (this.#closed) throw busy('stopping');
      // A new picture that brings its decoder down is none; anything else may go well another time.
      throw job.kind === 'inspect' && error.crashed ? unreadable(mediaTypeOf(job.format), error) : busy(error.message);
    }
  }

  /** A process that waits for work, or a new one. */
  async #takeChild(): Promise<ConverterChild> {
    for (let child = this.#idle.pop(); child; child = this.#idle.pop()) if (child.alive) return child;
    let started: ConverterChild | undefined;
    try {
      return await ConverterChild.start((child) => {
        started = child;
        this.#children.add(child);
        void child.closed.then(() => this.#children.delete(child));
        this.#onEvent({ kind: 'converterStarted', pid: child.pid });
        if (this.#closed) void child.end();
      });
    } catch (error) {
      if (this.#closed) throw busy('stopping');
      if (!(error instanceof ConverterLost)) throw error;
      if (started) this.#report(started, error);
      // Too late, or killed: another one may come up. One that crashes before it has seen a picture is a broken installation.
      throw error.crashed ? error : busy(error.message);
    }
  }

  #report(child: ConverterChild, error: ConverterLost): void {
    const event: ImageEvent = {
      kind: 'converterLost',
      pid: child.pid,
      timedOut: error.timedOut,
      detail: error.message,
    };
    if (!this.#closed) this.#onEvent(event);
  }
}
