// What the load process is told to do and what it tells of it.

export interface LoadJob {
  readonly port: number;
  /** Request targets: `/rest/Employee(1)`. */
  readonly targets: readonly string[];
  /** `random`: any target each time; `once`: each target once, in order, then the load ends. */
  readonly order: 'random' | 'once';
  /** Bodies of POST requests to the first target, instead of GET requests to all. */
  readonly bodies?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Status every answer must have; another one ends the load with an error. */
  readonly status: number;
  /** Connections kept open, each with one request under way at a time. */
  readonly connections: number;
  /** How long requests are sent; those under way are waited for. Absent: until each target was asked. */
  readonly seconds?: number;
  /** Requests per second. Absent: each connection asks again as soon as it is answered. */
  readonly rate?: number;
}

export interface LoadResult {
  readonly requests: number;
  /** Bytes of all answers, heads included. */
  readonly bytes: number;
  /** From the first request to the last answer. */
  readonly seconds: number;
  /** Processor time of the load process, seconds. */
  readonly cpuSeconds: number;
  /** With a rate: milliseconds from when a request was due to its answer, one per request. */
  readonly latencies: readonly number[];
}
