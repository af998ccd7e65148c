// Whether a statement whose time only trying tells runs in the server or in the slow lane. One that mostly takes long, or
// once very long, goes to the lane: the next one would hold up others as well. There its time costs nobody, so there it
// shows when it has become short. A pause of the machine is not taken for the statement's own.

/** A statement that mostly takes longer holds up others. */
const longMs = 4;
/** What the latest run counts in the usual time. */
const weight = 1 / 8;
/** Up to here a single run may have been held up by the machine, and does not count in full. */
const veryLongMs = 50;
const countedMs = 16;
/** So many short runs bring it back from the lane, twice as many after the next time it got there. */
const firstProof = 8;
const longestProof = 512;
/** So many bring a statement out of the lane that began there. */
const proofOfStarter = 64;
/** After so many runs in the server it is trusted as if it had never been in the lane. */
const trusted = 1000;

/** The pace of one statement. */
export class Pace {
  /** Whether it belongs into the slow lane. */
  long: boolean;
  #usualMs = 0;
  #proof: number;
  #short = 0;
  #inServer = 0;

  /** @param startsLong it begins in the lane, since it may take any time */
  constructor(startsLong = false) {
    this.long = startsLong;
    this.#proof = startsLong ? proofOfStarter : firstProof;
  }

  /** It ran in the server and held it up for so many milliseconds. */
  ran(ms: number): void {
    const counted = ms > veryLongMs ? ms : Math.min(ms, countedMs);
    this.#usualMs += (counted - this.#usualMs) * weight;
    if (this.#usualMs <= longMs) {
      if (++this.#inServer >= trusted) this.#proof = firstProof;
      return;
    }
    this.long = true;
    this.#short = 0;
    this.#inServer = 0;
  }

  /** It ran in the slow lane and took so many milliseconds of a processor. */
  ranInLane(ms: number): void {
    this.#short = ms <= longMs ? this.#short + 1 : 0;
    if (!this.long || this.#short < this.#proof) return;
    this.long = false;
    this.#usualMs = 0;
    this.#proof = Math.min(this.#proof * 2, longestProof);
  }
}
