// What a scenario is and what it gives back: rows of the one table that the bench prints.

/** What every scenario works with. */
export interface Bench {
  /** Data folder of Keystamp with the sample in it; one server at a time. */
  readonly data: string;
  /** Empty folder for files of the scenario. */
  readonly scratch: string;
  /** Arguments for the Node of Keystamp alone, for instance those of the profiler. */
  readonly nodeArgs: readonly string[];
  /** Says what is going on. */
  readonly tell: (text: string) => void;
  /** Whether a case of a scenario with many was asked for. */
  readonly wants: (name: string) => boolean;
}

export interface Row {
  readonly scenario: string;
  readonly goal: string;
  /** What is held against the goal: a ratio, or what the goal speaks of. */
  readonly measured: string;
  /** Smallest and largest of the rounds. */
  readonly range: string;
  /** Ratio of the processor time per request, ceiling : Keystamp; higher is better for Keystamp. */
  readonly byCpu?: string;
  /** Absolute figures, for information. */
  readonly keystamp: string;
  readonly ceiling: string;
  readonly reached: boolean;
  readonly note?: string;
}

export interface Scenario {
  /** Runs only with `--long`. */
  readonly long?: boolean;
  readonly run: (bench: Bench) => Promise<readonly Row[]>;
}
