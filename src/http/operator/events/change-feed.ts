/**
 * Tells listeners when calls or postbacks of their account have changed, whichever process changed them: once a
 * second it reads the marks of all accounts that have listeners, in one query, and of none without listeners.
 */
import type { ChangeVersions } from '../../../store/store.ts';

export type Listener = {
  accountId: string;
  /** called with the current marks first, and then whenever they change */
  hear(marks: ChangeVersions): void;
};

export type ChangeFeedOptions = {
  readMarks(accountIds: string[]): Promise<Map<string, ChangeVersions>>;
  onFailure(error: unknown): void;
  pollMs: number;
};

export class ChangeFeed {
  readonly #options: ChangeFeedOptions;
  /** with the marks that each has heard of */
  readonly #listeners = new Map<Listener, ChangeVersions | null>();
  #timer: NodeJS.Timeout | undefined;
  #isReading = false;

  constructor(options: ChangeFeedOptions) {
    this.#options = options;
  }

  countOf(accountId: string): number {
    return this.#listeners
      .keys()
      .filter((listener) => listener.accountId === accountId)
      .toArray().length;
  }

  /** @returns stops the listening */
  listen(listener: Listener): () => void {
    this.#listeners.set(listener, null);
    this.#timer ??= setInterval(() => void this.#poll(), this.#options.pollMs);
    void this.#poll();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  /** One reading at a time: a database that is slow is not asked more often. Who came meanwhile waits for the next. */
  async #poll(): Promise<void> {
    if (this.#isReading || this.#listeners.size === 0) return;
    this.#isReading = true;
    try {
      const accountIds = new Set(this.#listeners.keys().map(({ accountId }) => accountId));
      this.#tell(await this.#options.readMarks([...accountIds]));
    } catch (error) {
      this.#options.onFailure(error);
    } finally {
      this.#isReading = false;
    }
  }

  #tell(marksOf: Map<string, ChangeVersions>): void {
    for (const [listener, heard] of this.#listeners) {
      const marks = marksOf.get(listener.accountId);
      if (marks === undefined || (heard?.calls === marks.calls && heard.postbacks === marks.postbacks))
        continue;
      this.#listeners.set(listener, marks);
      listener.hear(marks);
    }
  }
}
