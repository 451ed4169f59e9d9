import { Lane, type Waiting } from './lane.ts';
import { Slots } from './slots.ts';

/** How long a postback waits for its call to be free, beside the one try that each of them gets. */
const waitMsMax = 3_000;
/** How often it is looked whether a call is free again. */
const pauseMs = 100;

type Options = {
  batchMax: number;
  sleep(ms: number): Promise<void>;
  /** settles all but those whose call is still locked, and returns these */
  tryOnce(batch: Waiting[]): Promise<Waiting[]>;
  /** answers one that has waited long enough */
  giveUp(waiting: Waiting): void;
};

/**
 * Postbacks whose call another transaction holds: an operator's open session, a process that froze. They wait here,
 * in their order and for a bounded time, so that their neighbours in the lane do not wait with them.
 */
export class LockedCalls {
  readonly #options: Options;
  readonly #lane: Lane;
  /** how many wait, by name */
  readonly #names = new Map<string, number>();
  /** when each has waited long enough */
  readonly #endsMs = new WeakMap<Waiting, number>();

  constructor(options: Options) {
    this.#options = options;
    this.#lane = new Lane(options.batchMax, new Slots(1), (batch) => this.#tryUntilFree(batch));
  }

  /** Takes what must stay behind a postback that waits here already, and returns the rest. */
  takeFollowers(batch: Waiting[]): Waiting[] {
    if (this.#names.size === 0) return batch;
    this.add(batch.filter(({ name }) => this.#names.has(name)));
    return batch.filter((waiting) => !this.#endsMs.has(waiting));
  }

  add(batch: Waiting[]): void {
    for (const waiting of batch) {
      this.#names.set(waiting.name, (this.#names.get(waiting.name) ?? 0) + 1);
      this.#endsMs.set(waiting, performance.now() + waitMsMax);
      this.#lane.add(waiting);
    }
  }

  drained(): Promise<void> {
    return this.#lane.drained();
  }

  async #tryUntilFree(batch: Waiting[]): Promise<void> {
    let rest = batch;
    for (;;) {
      const locked = await this.#options.tryOnce(rest);
      const nowMs = performance.now();
      const kept = new Set(locked.filter((waiting) => (this.#endsMs.get(waiting) ?? 0) > nowMs));
      for (const waiting of locked) if (!kept.has(waiting)) this.#options.giveUp(waiting);
      for (const waiting of rest) if (!kept.has(waiting)) this.#forget(waiting);
      if (kept.size === 0) return;
      rest = [...kept];
      await this.#options.sleep(pauseMs);
    }
  }

  #forget({ name }: Waiting): void {
    const others = (this.#names.get(name) ?? 1) - 1;
    if (others > 0) this.#names.set(name, others);
    else this.#names.delete(name);
  }
}
