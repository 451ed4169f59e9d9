/** What was started, so that it can be stopped in the opposite order, once. */
export class Stack {
  readonly #stops: (() => Promise<void>)[] = [];
  readonly #signal: AbortSignal | undefined;
  #stopping: Promise<void> | undefined;

  /** @param signal ends a start between two of its steps */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** @throws when the signal has come meanwhile: what was started is stopped, and nothing further is started */
  push(stop: () => Promise<void>): void {
    this.#stops.push(stop);
    this.#signal?.throwIfAborted();
  }

  /** Idempotent. @throws the first failure, after the last stop: a database must not run on because a sender does not end */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const stop of this.#stops.reverse()) await stop().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }

  /** Runs `start`, and stops what it had started if it fails. */
  static async startOrStop<T>(start: (running: Stack) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const running = new Stack(signal);
    try {
      return await start(running);
    } catch (error) {
      await running.stop().catch(() => {}); // why it did not start tells more
      throw error;
    }
  }
}
