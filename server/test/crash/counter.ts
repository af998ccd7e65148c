// Counts calls; the one with the armed number is to fail.
export class Counter {
  #left = Infinity;
  #struck = false;

  arm(n: number): void {
    this.#left = n;
    this.#struck = false;
  }

  /** Whether the call has come. */
  disarm(): boolean {
    this.#left = Infinity;
    return this.#struck;
  }

  /** Counts a call; whether this is the one. */
  hit(): boolean {
    if (this.#left-- !== 0) return false;
    return (this.#struck = true);
  }
}
