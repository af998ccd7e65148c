// What is opened one after the other, each on top of the one before, is closed the other way round.

type Close = () => unknown;

export class Opened {
  readonly #closes: Close[] = [];

  /** @param close called once, after the closes that are added later */
  add(close: Close): void {
    this.#closes.push(close);
  }

  /** Closes all of it, whatever of it fails. @throws the first error there was */
  async close(): Promise<void> {
    const errors: unknown[] = [];
    for (let close = this.#closes.pop(); close; close = this.#closes.pop()) {
      try {
        await close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}

/**
 * What `open` makes; when it fails, what it has opened by then is closed.
 * @throws what `open` throws, whatever the closing throws
 */
export async function opening<T>(open: (opened: Opened) => Promise<T>): Promise<T> {
  const opened = new Opened();
  try {
    return await open(opened);
  } catch (error) {
    await opened.close().catch(() => undefined);
    throw error;
  }
}
