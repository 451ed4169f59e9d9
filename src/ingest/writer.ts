/**
 * The batch writer: takes postbacks from all doors, commits many at once, and answers each after its commit.
 * It promises: no postback is dropped silently; none is written twice; a bad row does not harm its neighbours.
 */
import { noChanges } from '../core/call.ts';
import type { Outcome, Postback } from '../core/postback.ts';
import { type Refusal, refuse } from '../core/refusal.ts';
import { emptyTags } from '../core/tags.ts';
import { Lane, type Result, type Waiting } from './lane.ts';

export type FailureKind = 'retry' | 'outcome_unknown' | 'data' | 'bug';

export type WriteMode = {
  /** an earlier try may have been committed: what is in the log is not done again */
  mayHaveLanded: boolean;
  /** one refusal, and nothing is done */
  isAtomic: boolean;
};

export type WriterOptions = {
  /** commits one account's postbacks in one transaction, and returns their results in the same order */
  write(accountId: string, postbacks: Postback[], mode: WriteMode): Promise<Result[]>;
  classify(error: unknown): FailureKind;
  /** waits; tests drive it */
  sleep(ms: number): Promise<void>;
  /** 0 to 1, for jitter */
  random(): number;
  /** hears of what goes wrong and how it is taken */
  onFailure(kind: FailureKind, error: unknown, batchSize: number): void;
  /** hears of every committed batch */
  onCommit(batchSize: number, commitMs: number): void;
  lanes: number;
  batchMax: number;
  /** postbacks that may wait before the writer refuses more */
  queueMax: number;
};

export const writerDefaults = { lanes: 3, batchMax: 500, queueMax: 20_000 };

/** About 1 s in all: a database that restarts is often back by then, and a sender still waits. */
const triesMax = 6;
/** About 4 s in all, for a batch whose commit may have landed: knowing is worth the wait. */
const triesWhenUnknownMax = 9;
const firstPauseMs = 40;
const pauseMaxMs = 1_500;

export class Writer {
  readonly #options: WriterOptions;
  readonly #lanes: Lane[];
  #depth = 0;
  #isClosed = false;
  #atomicTurn: Promise<unknown> = Promise.resolve();

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#lanes = Array.from(
      { length: options.lanes },
      () => new Lane(options.batchMax, (batch) => this.#writeBatch(batch)),
    );
  }

  /** How many postbacks wait for their commit. */
  get depth(): number {
    return this.#depth;
  }

  /**
   * Resolves after the commit that made the outcome true. A full or closed queue, a database that stays away and
   * a row that the database refuses resolve to a rejected outcome; only a bug rejects.
   * @param together postbacks with the same name are written in the order in which they were submitted
   */
  async submit(postback: Postback, together = laneNameOf(postback)): Promise<Result> {
    const refusal = this.#refusalFor(1);
    if (refusal !== null) return refused(postback, refusal);
    this.#depth += 1;
    try {
      return await new Promise<Result>((resolve, reject) => {
        this.#lane(postback.accountId + together).add({ postback, resolve, reject });
      });
    } finally {
      this.#depth -= 1;
    }
  }

  /**
   * All or nothing: one account's postbacks in a transaction of their own, beside the lanes. If one is refused
   * (its result is `rejected`), nothing was done or logged. Runs one at a time.
   */
  async submitAtomic(postbacks: Postback[]): Promise<Result[]> {
    const refusal = this.#refusalFor(postbacks.length);
    if (refusal !== null) return postbacks.map((postback) => refused(postback, refusal));
    this.#depth += postbacks.length;
    const results = this.#atomicTurn.then(() => this.#writeWithRetries(postbacks, true));
    this.#atomicTurn = results.catch(() => {});
    try {
      return await results;
    } finally {
      this.#depth -= postbacks.length;
    }
  }

  /** Takes no more, and resolves when all that was accepted is committed and answered. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#atomicTurn, ...this.#lanes.map((lane) => lane.drained())]);
  }

  #refusalFor(count: number): Refusal | null {
    if (this.#isClosed) return unavailable('The server is shutting down; nothing was done. Try again.');
    if (this.#depth + count <= this.#options.queueMax) return null;
    return unavailable('Too many postbacks wait already; nothing was done. Try again shortly.');
  }

  #lane(name: string): Lane {
    const lane = this.#lanes[hash(name) % this.#lanes.length];
    if (lane === undefined) throw new Error('the writer has no lanes');
    return lane;
  }

  /** Settles every promise of the batch. A row that the database refuses is found by halving, in order. */
  async #writeBatch(batch: Waiting[]): Promise<void> {
    try {
      const results = await this.#writeWithRetries(batch.map(({ postback }) => postback));
      if (results.length !== batch.length)
        throw new Error(`${results.length} results for ${batch.length} postbacks`);
      for (const [at, waiting] of batch.entries()) waiting.resolve(results[at] ?? 'stale');
    } catch (error) {
      if (this.#options.classify(error) !== 'data') for (const waiting of batch) waiting.reject(error);
      else if (batch.length === 1) for (const waiting of batch) await this.#logRefused(waiting);
      else {
        const middle = Math.ceil(batch.length / 2);
        await this.#writeBatch(batch.slice(0, middle));
        await this.#writeBatch(batch.slice(middle));
      }
    }
  }

  /** A postback that the database refused is still logged where that works: without its update. */
  async #logRefused({ postback, resolve, reject }: Waiting): Promise<void> {
    const refusal = postback.refusal ?? dataRefused();
    const bare = { ...postback, refusal, update: { set: {}, add: emptyTags(), remove: [] } };
    try {
      const [result] = postback.refusal === null ? await this.#writeWithRetries([bare]) : [];
      resolve(result ?? refused(postback, refusal));
    } catch (error) {
      if (this.#options.classify(error) === 'data') resolve(refused(postback, refusal));
      else reject(error);
    }
  }

  /** @throws bugs, and rows that the database refuses unless all is atomic */
  async #writeWithRetries(postbacks: Postback[], isAtomic = false): Promise<Result[]> {
    let mayHaveLanded = false;
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#write(postbacks, { mayHaveLanded, isAtomic });
      } catch (error) {
        const kind = this.#options.classify(error);
        this.#options.onFailure(kind, error, postbacks.length);
        if (kind === 'data' && isAtomic) return postbacks.map((postback) => refused(postback, dataRefused()));
        if (kind === 'bug' || kind === 'data') throw error;
        mayHaveLanded ||= kind === 'outcome_unknown';
      }
      if (tries >= (mayHaveLanded ? triesWhenUnknownMax : triesMax)) {
        return postbacks.map((postback) => refused(postback, mayHaveLanded ? unknown() : unavailable()));
      }
      await this.#options.sleep(this.#pauseMs(tries));
    }
  }

  async #write(postbacks: Postback[], mode: WriteMode): Promise<Result[]> {
    const [first] = postbacks;
    if (first === undefined) return [];
    const startMs = performance.now();
    const results = await this.#options.write(first.accountId, postbacks, mode);
    this.#options.onCommit(postbacks.length, performance.now() - startMs);
    return results;
  }

  #pauseMs(tries: number): number {
    const pauseMs = Math.min(firstPauseMs * 2 ** (tries - 1), pauseMaxMs);
    return pauseMs * (0.5 + this.#options.random() / 2);
  }
}

function refused({ postbackId, ignored }: Postback, refusal: Refusal): Outcome {
  return {
    postbackId,
    status: 'rejected',
    isDuplicate: false,
    callLogId: null,
    matchedBy: null,
    candidates: null,
    changes: noChanges(),
    ignored,
    refusal,
  };
}

function unavailable(
  detail = 'The database cannot be reached right now; nothing was done. Send the same request again.',
): Refusal {
  return refuse('store_unavailable', detail);
}

function dataRefused(): Refusal {
  return refuse(
    'invalid_value',
    'The database refused a value of this request: nothing was done. Check the values and send it again.',
  );
}

function unknown(): Refusal {
  return refuse(
    'outcome_unknown',
    'The database went away while it committed: it may or may not have been done. Send it again with the same transaction_id.',
  );
}

/** Postbacks for one call share a lane, so that they meet in batches and not at a lock. */
function laneNameOf({ target, postbackId }: Postback): string {
  if (target === null) return postbackId;
  return 'callLogId' in target ? target.callLogId : target.phoneNumber;
}

/** FNV-1a: spreads ids over lanes; nothing depends on its values. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
