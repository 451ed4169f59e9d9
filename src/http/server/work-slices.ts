/** Of each turn of the event loop, so that other requests are read in between. */
const sliceMsMax = 8;

/**
 * Runs the long work of all requests in short slices, in the order in which it was handed in. One for the process: slices of
 * several requests would add up in one turn of the event loop.
 */
export class WorkSlices {
  #waiting: (() => void)[] = [];
  #isScheduled = false;

  /** @param work takes a few milliseconds at most; what it throws rejects the promise */
  run<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push(() => {
        try {
          resolve(work());
        } catch (error) {
          reject(error);
        }
      });
      if (this.#isScheduled) return;
      this.#isScheduled = true;
      setImmediate(() => this.#runSlice());
    });
  }

  #runSlice(): void {
    const endMs = performance.now() + sliceMsMax;
    let at = 0;
    while (at < this.#waiting.length && performance.now() < endMs) {
      this.#waiting[at]?.();
      at += 1;
    }
    this.#waiting = this.#waiting.slice(at);
    this.#isScheduled = this.#waiting.length > 0;
    if (this.#isScheduled) setImmediate(() => this.#runSlice());
  }
}
