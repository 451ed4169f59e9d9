/** Wakes one waiter. A signal without a waiter is kept, once. */
export class Signal {
  #isGiven = false;
  #wake: (() => void) | null = null;

  give(): void {
    this.#isGiven = true;
    this.#wake?.();
  }

  /** Resolves when a signal is given, or after `msMax`. */
  async take(msMax?: number): Promise<void> {
    if (!this.#isGiven) {
      await new Promise<void>((resolve) => {
        const timer = msMax === undefined ? undefined : setTimeout(resolve, msMax);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#isGiven = false;
    this.#wake = null;
  }
}
