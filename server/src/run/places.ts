// A number of places, of which each is used for as long as something goes on.

/** How long a place is kept for a use that does not begin. */
const keptMs = 10_000;

/** A place that was taken. */
export interface Place {
  /** Its use begins. One that begins so late that the place was given back counts beyond the number. */
  begin(): void;
  /** Gives it back. */
  end(): void;
}

export class Places {
  readonly #number: number;
  #taken = 0;

  constructor(number: number) {
    this.#number = number;
  }

  get taken(): number {
    return this.#taken;
  }

  /**
   * Takes a place, unless there is none. It comes back by itself when its use does not begin: whatever fails in between
   * cannot keep it.
   */
  take(): Place | undefined {
    if (this.#taken >= this.#number) return undefined;
    let isHeld = true;
    const hold = (held: boolean): void => {
      if (held !== isHeld) this.#taken += held ? 1 : -1;
      isHeld = held;
    };
    this.#taken++;
    const lapse = setTimeout(() => hold(false), keptMs).unref();
    return {
      begin() {
        clearTimeout(lapse);
        hold(true);
      },
      end() {
        clearTimeout(lapse);
        hold(false);
      },
    };
  }
}
