import type { Outcome, Postback, Stale } from '../core/updates/postback.ts';
import type { Slots } from './slots.ts';

export type Result = Outcome | Stale;

/** A postback that waits for its commit. */
export type Waiting = {
  postback: Postback;
  /** account and call, as far as they are known: what has the same name is written in the order of receipt */
  name: string;
  /** an earlier try may have been committed */
  mayHaveCommitted: boolean;
  resolve(result: Result): void;
  reject(error: unknown): void;
};

/** Of recorded requests in a batch: 500 of usual size are half of it. Serializing more blocks the event loop. */
const batchCharsMax = 1_000_000;

/**
 * One of the writer's lanes: at most one batch is under way, and while it is, the next one gathers.
 * States: idle → scheduled (the end of this turn of the event loop, so that requests which were read together
 * are written together) → writing → scheduled again while anything waits, else idle.
 */
export class Lane {
  readonly #slots: Slots;
  readonly #writeBatch: (batch: Waiting[]) => Promise<void>;
  readonly #batchMax: number;
  readonly #onIdle: () => void;
  #waiting: Waiting[] = [];
  #isBusy = false;
  #whenIdle: (() => void)[] = [];

  /**
   * @param slots one is held while a batch is written
   * @param writeBatch settles every promise of the batch; never rejects
   * @param onIdle nothing waits and nothing is under way: another lane may take what comes next
   */
  constructor(
    batchMax: number,
    slots: Slots,
    writeBatch: (batch: Waiting[]) => Promise<void>,
    onIdle: () => void = () => {},
  ) {
    this.#slots = slots;
    this.#batchMax = batchMax;
    this.#writeBatch = writeBatch;
    this.#onIdle = onIdle;
  }

  add(waiting: Waiting): void {
    this.#waiting.push(waiting);
    if (this.#isBusy) return;
    this.#isBusy = true;
    setImmediate(() => void this.#run());
  }

  /** Resolves when nothing waits and nothing is under way. */
  async drained(): Promise<void> {
    if (this.#isBusy) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#slots.acquire(); // and meanwhile more gathers for this batch
      await this.#writeBatch(this.#takeBatch());
      this.#slots.release();
    }
    this.#isBusy = false;
    this.#onIdle();
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** All that wait of the account that waits longest, in the order of receipt, as far as they fit. */
  #takeBatch(): Waiting[] {
    const accountId = this.#waiting[0]?.postback.accountId;
    const batch: Waiting[] = [];
    const others: Waiting[] = [];
    let chars = 0;
    let isFull = false;
    for (const one of this.#waiting) {
      const isOfAccount = one.postback.accountId === accountId;
      chars += isOfAccount ? one.postback.request.length : 0;
      isFull ||= batch.length === this.#batchMax || (chars > batchCharsMax && batch.length > 0);
      (isOfAccount && !isFull ? batch : others).push(one);
    }
    this.#waiting = others;
    return batch;
  }
}
