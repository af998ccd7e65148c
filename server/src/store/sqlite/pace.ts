// Whether a statement whose time only trying tells runs in the server or in the slow lane. One long run sends it to the
// lane: the next one may hold up others as well. There its time costs nobody, so there it shows when it has become short.

/** A statement that takes longer holds up others. */
const longMs = 4;
/** So many short runs after the first long one bring it back, twice as many after the next one. */
const firstProof = 8;
const longestProof = 4096;

/** The pace of one statement. */
export class Pace {
  /** Whether it belongs into the slow lane. */
  long = false;
  #proof = firstProof;
  #short = 0;

  /** It ran in the server. */
  ran(ms: number): void {
    if (ms <= longMs) return;
    this.long = true;
    this.#short = 0;
  }

  /** It ran in the slow lane, so many milliseconds by itself. */
  ranInLane(ms: number): void {
    this.#short = ms <= longMs ? this.#short + 1 : 0;
    if (this.#short < this.#proof) return;
    this.long = false;
    this.#proof = Math.min(this.#proof * 2, longestProof);
  }
}
