// How long answers took, by method and status: a histogram as Prometheus reads it. Counted here, because the library's own
// counting takes as long as a twentieth of a small answer; told through its registry like all else.
import type { Metric, Registry } from 'prom-client';

interface Times {
  readonly method: string;
  readonly status: number;
  /** Answers by the first bound that they kept; the last place is for those beyond all. */
  readonly within: Float64Array;
  seconds: number;
}

export interface AnswerTimesOptions {
  readonly name: string;
  readonly help: string;
  /** Upper bounds of the buckets in seconds, ascending. */
  readonly buckets: readonly number[];
  readonly registry: Registry;
  /** Told before the figures are read. */
  readonly onRead: () => void;
}

export class AnswerTimes {
  readonly name: string;
  readonly #options: AnswerTimesOptions;
  readonly #byMethod = new Map<string, Map<number, Times>>();

  constructor(options: AnswerTimesOptions) {
    this.name = options.name;
    this.#options = options;
    // The library's type describes its own kinds; its registry asks for `name` and `get` alone.
    options.registry.registerMetric(this as unknown as Metric);
  }

  count(method: string, status: number, seconds: number): void {
    const times = this.#byMethod.get(method)?.get(status) ?? this.#begin(method, status);
    const { buckets } = this.#options;
    let i = 0;
    while (i < buckets.length && seconds > (buckets[i] as number)) i++;
    times.within[i] = (times.within[i] as number) + 1;
    times.seconds += seconds;
  }

  /** What the registry prints, or tells another process: each bucket counts all that are in those before as well. */
  get(): Promise<object> {
    const { name, help, onRead } = this.#options;
    onRead();
    const values = [...this.#byMethod.values()].flatMap((byStatus) =>
      [...byStatus.values()].flatMap((of) => this.#tell(of)),
    );
    return Promise.resolve({ name, help, type: 'histogram', aggregator: 'sum', values });
  }

  #begin(method: string, status: number): Times {
    const times = { method, status, within: new Float64Array(this.#options.buckets.length + 1), seconds: 0 };
    const byStatus = this.#byMethod.get(method) ?? new Map<number, Times>();
    this.#byMethod.set(method, byStatus.set(status, times));
    return times;
  }

  #tell({ method, status, within, seconds }: Times): readonly object[] {
    const { name, buckets } = this.#options;
    const labels = { method, status: String(status) };
    let count = 0;
    const bounds = [...buckets, '+Inf'].map((le, i) => {
      count += within[i] as number;
      return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: count };
    });
    return [
      ...bounds,
      { metricName: `${name}_sum`, labels, value: seconds },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }
}
