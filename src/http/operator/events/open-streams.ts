/**
 * The streams that are open on this process. One whose token or session has ended is ended, too: every few seconds one
 * query looks at all of them, and at none when none is open.
 */
export type OpenStreamsOptions = {
  /** which of these hashes of tokens and sessions open nothing any more */
  findEnded(secretHashes: Buffer[]): Promise<Buffer[]>;
  onFailure(error: unknown): void;
  checkMs: number;
};

type OpenStream = { secretHash: Buffer; end(): void };

export class OpenStreams {
  readonly #options: OpenStreamsOptions;
  readonly #streams = new Set<OpenStream>();
  #timer: NodeJS.Timeout | undefined;
  #isChecking = false;

  constructor(options: OpenStreamsOptions) {
    this.#options = options;
  }

  /** @returns removes it, once it is closed */
  add(stream: OpenStream): () => void {
    this.#streams.add(stream);
    this.#timer ??= setInterval(() => void this.#check(), this.#options.checkMs);
    return () => {
      this.#streams.delete(stream);
      if (this.#streams.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  endAll(): void {
    for (const { end } of this.#streams) end();
  }

  /** A database that is away says nothing about tokens: then streams go on. */
  async #check(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    try {
      const ended = await this.#options.findEnded([...this.#streams].map(({ secretHash }) => secretHash));
      for (const { secretHash, end } of this.#streams) {
        if (ended.some((hash) => hash.equals(secretHash))) end();
      }
    } catch (error) {
      this.#options.onFailure(error);
    } finally {
      this.#isChecking = false;
    }
  }
}
