// Whether a statement whose time only trying tells runs in the server or in the slow lane. One that mostly takes long, or
// once very long, goes to the lane: the next one would hold up others as well. There its time costs nobody, so there it
// shows when it has become short. A single pause of the machine is not taken for the statement's own.

/** A statement that mostly takes longer holds up others. */
const longMs = 4;
/** What the latest run counts in the usual time. */
const weight = 1 / 8;
/** So many short runs bring it back from the lane, twice as many after the next time it got there. */
const firstProof = 8;
const longestProof = 512;
/** So many bring a statement out of the lane that began there. */
const proofOfStarter = 64;

/** The pace of one statement. */
export class Pace {
  /** Whether it belongs into the slow lane. */
  long: boolean;
  #usualMs = 0;
  #proof: number;
  #short = 0;

  /** @param startsLong it begins in the lane, since it may take any time */
  constructor(startsLong = false) {
    this.long = startsLong;
    this.#proof = startsLong ? proofOfStarter : firstProof;
  }

  /** It ran in the server. */
  ran(ms: number): void {
    this.#usualMs += (ms - this.#usualMs) * weight;
    if (this.#usualMs <= longMs) return;
    this.long = true;
    this.#short = 0;
  }

  /** It ran in the slow lane, so many milliseconds by itself. */
  ranInLane(ms: number): void {
    this.#short = ms <= longMs ? this.#short + 1 : 0;
    if (!this.long || this.#short < this.#proof) return;
    this.long = false;
    this.#usualMs = 0;
    this.#proof = Math.min(this.#proof * 2, longestProof);
  }
}
