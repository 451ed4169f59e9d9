/**
 * The batch writer: takes postbacks from all endpoints, commits many at once, and answers each after its commit.
 * It promises: no postback is dropped silently; none is written twice; a bad row does not harm its neighbours.
 */
import { type Locked, type Postback, rejectedOutcome } from '../core/updates/postback.ts';
import { type Rejection, reject } from '../core/updates/rejection.ts';
import type { FailureKind, WriteMode } from '../core/updates/write-mode.ts';
import { hash32 } from '../core/values/hash.ts';
import { emptyTags } from '../core/values/tags.ts';
import { Lane, type Result, type Waiting } from './lane.ts';
import { LockedCalls } from './locked-calls.ts';
import { Slots } from './slots.ts';

export type WriterOptions = {
  /** commits one account's postbacks in one transaction, and returns their results in the same order */
  write(accountId: string, postbacks: Postback[], mode: WriteMode): Promise<(Result | Locked)[]>;
  classify(error: unknown): FailureKind;
  /** waits; tests drive it */
  sleep(ms: number): Promise<void>;
  /** 0 to 1, for jitter */
  random(): number;
  /** called for every failure, with its kind */
  onFailure(kind: FailureKind, error: unknown, batchSize: number): void;
  /** called for every committed batch */
  onCommit(batchSize: number, commitMs: number, firstPostbackId: string): void;
  lanes: number;
  batchMax: number;
  /** postbacks that may wait before the writer rejects more */
  queueMax: number;
};

/** Each event is a round trip or more, within one transaction: 100 hold their locks for about 50 ms. */
const eventBatchMax = 100;

export const writerDefaults = { lanes: 2, batchMax: 500, queueMax: 20_000 };

/** About 1 s in all: a database that restarts is often back by then, and a sender still waits. */
const triesMax = 6;
/** About 4 s in all, for a batch whose commit may have succeeded: to know it is worth the wait. */
const triesWhenUnknownMax = 9;
const firstPauseMs = 40;
const pauseMaxMs = 1_500;

export class Writer {
  readonly #options: WriterOptions;
  readonly #slots: Slots;
  /** Call events take the locks of arrivals, which two transactions would wait for; and they must not delay updates. */
  readonly #eventSlots = new Slots(1);
  /** Each account has its own while it is busy: where one has to wait for its database, the others go on. */
  readonly #lanes = new Map<string, Lane>();
  /** A batch is of updates or of events, here too. */
  readonly #lockedUpdates: LockedCalls;
  readonly #lockedEvents: LockedCalls;
  #depth = 0;
  #isClosed = false;
  #atomicSubmission: Promise<unknown> = Promise.resolve();

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#slots = new Slots(options.lanes);
    this.#lockedUpdates = this.#makeLockedCalls(options.batchMax);
    this.#lockedEvents = this.#makeLockedCalls(eventBatchMax);
  }

  /** How many postbacks wait for their commit. */
  get depth(): number {
    return this.#depth;
  }

  /** Of accounts whose postbacks wait or are written. */
  get laneCount(): number {
    return this.#lanes.size;
  }

  /**
   * Resolves after the commit that made the outcome true. A full or closed queue, a database that stays away and
   * a row that the database rejects resolve to a rejected outcome; only a bug rejects.
   * @param orderingKey postbacks with the same name are written in the order in which they were submitted
   */
  async submit(postback: Postback, orderingKey = laneNameOf(postback)): Promise<Result> {
    const rejection = this.#rejectionFor(1);
    if (rejection !== null) return rejectedOutcome(postback, rejection);
    this.#depth += 1;
    try {
      return await new Promise<Result>((resolve, reject) => {
        const name = postback.accountId + orderingKey;
        this.#lane(postback, name).add({ postback, name, mayHaveCommitted: false, resolve, reject });
      });
    } finally {
      this.#depth -= 1;
    }
  }

  /**
   * All or nothing: one account's postbacks in a separate transaction, beside the lanes. If one is rejected
   * (its result is `rejected`), nothing was done or logged. Runs one at a time.
   */
  async submitAtomic(postbacks: Postback[]): Promise<Result[]> {
    const rejection = this.#rejectionFor(postbacks.length);
    if (rejection !== null) return postbacks.map((postback) => rejectedOutcome(postback, rejection));
    this.#depth += postbacks.length;
    const results = this.#atomicSubmission.then(() =>
      this.#writeWithRetries(postbacks, newMode({ isAtomic: true })),
    );
    this.#atomicSubmission = results.catch(() => {});
    try {
      return (await results).map((result) => {
        if (result === 'locked') throw new Error('an atomic batch waits for its calls');
        return result;
      });
    } finally {
      this.#depth -= postbacks.length;
    }
  }

  /** Takes no more, and resolves when all that was accepted is committed and answered. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#atomicSubmission, ...[...this.#lanes.values()].map((lane) => lane.drained())]);
    await Promise.all([this.#lockedUpdates.drained(), this.#lockedEvents.drained()]);
  }

  #makeLockedCalls(batchMax: number): LockedCalls {
    return new LockedCalls({
      batchMax,
      sleep: this.#options.sleep,
      tryOnce: (batch) => this.#settle(batch, true),
      giveUp: ({ postback, mayHaveCommitted, resolve }) =>
        resolve(rejectedOutcome(postback, mayHaveCommitted ? unknown() : locked())),
    });
  }

  #rejectionFor(count: number): Rejection | null {
    if (this.#isClosed) return unavailable('The server is shutting down; nothing was done. Try again.');
    if (this.#depth + count <= this.#options.queueMax) return null;
    return unavailable('Too many postbacks wait already; nothing was done. Try again shortly.');
  }

  #lane({ accountId, event }: Postback, name: string): Lane {
    const isEvent = event !== undefined;
    const key = `${accountId} ${isEvent ? 'events' : hash32(name) % this.#options.lanes}`;
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const slots = isEvent ? this.#eventSlots : this.#slots;
    const lockedCalls = isEvent ? this.#lockedEvents : this.#lockedUpdates;
    const batchMax = isEvent ? eventBatchMax : this.#options.batchMax;
    const lane = new Lane(
      batchMax,
      slots,
      (batch) => this.#writeBatch(batch, slots, lockedCalls),
      () => this.#lanes.delete(key),
    );
    this.#lanes.set(key, lane);
    return lane;
  }

  /** Settles every promise of the batch, or leaves it to those that wait for a locked call. */
  async #writeBatch(batch: Waiting[], slots: Slots, lockedCalls: LockedCalls): Promise<void> {
    const free = lockedCalls.takeFollowers(batch);
    if (free.length > 0) lockedCalls.add(await this.#settle(free, false, slots));
  }

  /**
   * Settles every promise of the batch but of those whose call is locked, and returns these. A row that the database
   * rejects is found by halving, in order.
   * @param slots of which one is held: others have it while this pauses
   */
  async #settle(batch: Waiting[], skipsLocked: boolean, slots?: Slots): Promise<Waiting[]> {
    const mode = newMode({
      skipsLocked,
      mayHaveCommitted: batch.some(({ mayHaveCommitted }) => mayHaveCommitted),
    });
    try {
      const postbacks = batch.map(({ postback }) => postback);
      const results = await this.#writeWithRetries(postbacks, mode, slots);
      if (results.length !== batch.length)
        throw new Error(`${results.length} results for ${batch.length} postbacks`);
      // The lane's next batch is on its way to the database before these answers are on theirs to the senders.
      setImmediate(() => {
        for (const [at, { resolve }] of batch.entries()) {
          const result = results[at];
          if (result !== undefined && result !== 'locked') resolve(result);
        }
      });
      const locked = batch.filter((_waiting, at) => results[at] === 'locked');
      for (const waiting of locked) waiting.mayHaveCommitted = mode.mayHaveCommitted;
      return locked;
    } catch (error) {
      for (const waiting of batch) waiting.mayHaveCommitted = mode.mayHaveCommitted;
      if (this.#options.classify(error) !== 'data') for (const waiting of batch) waiting.reject(error);
      else if (batch.length === 1) for (const waiting of batch) await this.#logRejected(waiting, slots);
      else {
        const middle = Math.ceil(batch.length / 2);
        const locked = await this.#settle(batch.slice(0, middle), skipsLocked, slots);
        return [...locked, ...(await this.#settle(batch.slice(middle), skipsLocked, slots))];
      }
      return [];
    }
  }

  /** A postback that the database rejected is still logged where that works: without its update. */
  async #logRejected({ postback, resolve, reject }: Waiting, slots?: Slots): Promise<void> {
    const rejection = postback.rejection ?? dataRejected();
    const bare = { ...postback, rejection, update: { set: {}, add: emptyTags(), remove: [] } };
    try {
      const [result] =
        postback.rejection === null ? await this.#writeWithRetries([bare], newMode(), slots) : [];
      resolve(result === undefined || result === 'locked' ? rejectedOutcome(postback, rejection) : result);
    } catch (error) {
      if (this.#options.classify(error) === 'data') resolve(rejectedOutcome(postback, rejection));
      else reject(error);
    }
  }

  /**
   * Where the wait for a lock timed out, the next try leaves out the calls that are locked.
   * @param mode how it is tried first; afterwards, how it was tried last
   * @throws bugs, and rows that the database rejects unless all is atomic
   */
  async #writeWithRetries(
    postbacks: Postback[],
    mode: WriteMode,
    slots?: Slots,
  ): Promise<(Result | Locked)[]> {
    for (let tries = 1; ; tries += 1) {
      let pauseMs = this.#pauseMs(tries);
      try {
        return await this.#write(postbacks, { ...mode });
      } catch (error) {
        const kind = this.#options.classify(error);
        this.#options.onFailure(kind, error, postbacks.length);
        if (kind === 'data' && mode.isAtomic)
          return postbacks.map((postback) => rejectedOutcome(postback, dataRejected()));
        if (kind === 'bug' || kind === 'data') throw error;
        mode.mayHaveCommitted ||= kind === 'outcome_unknown';
        if (kind === 'locked' && !mode.isAtomic && !mode.skipsLocked) {
          mode.skipsLocked = true;
          pauseMs = 0;
        }
      }
      if (tries >= (mode.mayHaveCommitted ? triesWhenUnknownMax : triesMax)) {
        return postbacks.map((postback) =>
          rejectedOutcome(postback, mode.mayHaveCommitted ? unknown() : unavailable()),
        );
      }
      if (pauseMs === 0) continue;
      slots?.release();
      await this.#options.sleep(pauseMs);
      await slots?.acquire();
    }
  }

  async #write(postbacks: Postback[], mode: WriteMode): Promise<(Result | Locked)[]> {
    const [first] = postbacks;
    if (first === undefined) return [];
    const startMs = performance.now();
    const results = await this.#options.write(first.accountId, postbacks, mode);
    this.#options.onCommit(postbacks.length, performance.now() - startMs, first.postbackId);
    return results;
  }

  #pauseMs(tries: number): number {
    const pauseMs = Math.min(firstPauseMs * 2 ** (tries - 1), pauseMaxMs);
    return pauseMs * (0.5 + this.#options.random() / 2);
  }
}

function newMode(mode: Partial<WriteMode> = {}): WriteMode {
  return { mayHaveCommitted: false, isAtomic: false, skipsLocked: false, ...mode };
}

function unavailable(
  detail = 'The database cannot be reached right now; nothing was done. Send the same request again.',
): Rejection {
  return reject('store_unavailable', detail);
}

function locked(): Rejection {
  return unavailable(
    'Another transaction holds the record of this call; nothing was done. Send the same request again.',
  );
}

function dataRejected(): Rejection {
  return reject(
    'invalid_value',
    'The database rejected a value of this request: nothing was done. Check the values and send it again.',
  );
}

function unknown(): Rejection {
  return reject(
    'outcome_unknown',
    'The database went away while it committed: it may or may not have been done. Send it again with the same transaction_id.',
  );
}

/** Postbacks for one call share a lane, so that they meet in batches and not at a lock. */
function laneNameOf({ target, postbackId }: Postback): string {
  if (target === null) return postbackId;
  return 'callLogId' in target ? target.callLogId : target.phoneNumber;
}
