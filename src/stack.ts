/** What was started, so that it can be stopped in the opposite order, once. */
export class Stack {
  readonly #stops: (() => Promise<void>)[] = [];
  #stopping: Promise<void> | undefined;

  push(stop: () => Promise<void>): void {
    this.#stops.push(stop);
  }

  /** Idempotent. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    for (const stop of this.#stops.reverse()) await stop();
  }

  /** Runs `start`, and stops what it had started if it fails. */
  static async startOrStop<T>(start: (running: Stack) => Promise<T>): Promise<T> {
    const running = new Stack();
    try {
      return await start(running);
    } catch (error) {
      await running.stop();
      throw error;
    }
  }
}
