/** Sends the deliveries of one webhook from this process: several at once, one of each call. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Attempted, httpGone } from '../../core/outgoing/attempt.ts';
import { readRetryAfter, waitBeforeRetry } from '../../core/outgoing/retry-schedule.ts';
import type { Log } from '../../log.ts';
import type { ClaimedDelivery, FinishedAttempt, SendingWebhook, Store } from '../../store/store.ts';
import { attemptDelivery } from './attempt.ts';
import { connectionsMax, type HttpClient } from './http-client.ts';
import { Signal } from './signal.ts';

export type SenderParts = {
  store: Pick<Store, 'claimDeliveries' | 'recordAttempts'>;
  client: HttpClient;
  log: Pick<Log, 'warn'>;
  random(): number;
  onAttempt(result: FinishedAttempt['status'], ms: number): void;
};

/** Attempts whose results are not recorded yet. Their leases run on. */
const unrecordedMax = 1_000;
const databasePauseMs = 1_000;
/** Between two claims, so that under load each takes many: a claim costs five round trips. */
const claimPauseMs = 15;
/** Between two records, for the same reason: each is a commit. */
const recordPauseMs = 20;
const recordTriesMax = 10;

export class WebhookSender {
  readonly #accountId: string;
  readonly #webhookId: string;
  readonly #parts: SenderParts;
  readonly #work = new Signal();
  readonly #aborting = new AbortController();
  readonly #done: Promise<void>;
  readonly #sends = new Set<Promise<void>>();
  #finished: FinishedAttempt[] = [];
  #recording: Promise<void> | null = null;
  /** attempts under way: a receiver that takes all of 15 s delays its own deliveries only */
  #sending = 0;
  #unrecorded = 0;
  #isFull = false;
  #isStopping = false;

  constructor(accountId: string, webhookId: string, parts: SenderParts) {
    this.#accountId = accountId;
    this.#webhookId = webhookId;
    this.#parts = parts;
    this.#done = this.#run();
  }

  /** Something may be due. */
  wake(): void {
    this.#work.give();
  }

  /** Takes nothing more, and ends attempts that are under way after `graceMs`: they are due again at once. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    this.wake();
    await this.#done;
    const grace = setTimeout(() => this.#aborting.abort(), graceMs);
    await Promise.all(this.#sends);
    clearTimeout(grace);
    await this.#recording;
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      const free = Math.min(connectionsMax - this.#sending, unrecordedMax - this.#unrecorded);
      this.#isFull = free <= 0;
      const mayHaveMore = !this.#isFull && (await this.#claim(free));
      if (!mayHaveMore) await this.#work.take();
      if (this.#sending + this.#unrecorded > 0) await sleep(claimPauseMs);
    }
  }

  /** @returns whether it is worth to claim again at once */
  async #claim(limit: number): Promise<boolean> {
    try {
      const claim = await this.#parts.store.claimDeliveries(this.#accountId, this.#webhookId, limit);
      if (claim === null) return false;
      for (const delivery of claim.deliveries) this.#start(claim.webhook, delivery);
      return claim.mayHaveMore;
    } catch (error) {
      this.#parts.log.warn({ err: error, webhookId: this.#webhookId }, 'deliveries cannot be read now');
      await sleep(databasePauseMs);
      return false;
    }
  }

  #start(webhook: SendingWebhook, delivery: ClaimedDelivery): void {
    this.#sending += 1;
    const send = this.#send(webhook, delivery).finally(() => this.#sends.delete(send));
    this.#sends.add(send);
  }

  async #send(webhook: SendingWebhook, delivery: ClaimedDelivery): Promise<void> {
    const { signal } = this.#aborting;
    if (delivery.waitMs > 0) await sleep(delivery.waitMs, undefined, { signal }).catch(() => {});
    const attempted = signal.aborted
      ? null
      : await attemptDelivery(this.#parts.client, webhook, delivery.event, signal);
    const finished = this.#judge(delivery, signal.aborted ? null : attempted);
    this.#parts.onAttempt(finished.status, finished.attempt?.ms ?? 0);
    this.#finished.push(finished);
    this.#sending -= 1;
    this.#unrecorded += 1;
    if (this.#isFull) this.wake();
    this.#recording ??= this.#record();
  }

  /** @param attempted null where it was ended early */
  #judge(
    { deliveryId, leaseId, attemptCount }: ClaimedDelivery,
    attempted: Attempted | null,
  ): FinishedAttempt {
    const finished = { deliveryId, leaseId, attempt: null, waitMs: 0, note: null };
    if (attempted === null) return { ...finished, status: 'pending' };
    if ('skipped' in attempted) return { ...finished, status: 'skipped', note: attempted.skipped };
    const { attempt, retryAfter } = attempted;
    if (attempt.error === null) return { ...finished, attempt, status: 'delivered' };
    // The webhook is paused: pending deliveries wait until it is resumed.
    if (attempt.status === httpGone) return { ...finished, attempt, status: 'pending' };
    const asked = readRetryAfter(retryAfter, Date.now());
    const waitMs = waitBeforeRetry(attemptCount + 1, asked, this.#parts.random());
    return waitMs === null
      ? { ...finished, attempt, status: 'failed' }
      : { ...finished, attempt, status: 'pending', waitMs };
  }

  /** While one transaction is under way, the next batch gathers. */
  async #record(): Promise<void> {
    while (this.#finished.length > 0) {
      const batch = this.#finished.splice(0);
      await this.#tryToRecord(batch);
      this.#unrecorded -= batch.length;
      this.wake();
      if (this.#finished.length > 0) await sleep(recordPauseMs);
    }
    this.#recording = null;
  }

  /** What cannot be recorded is sent again when its lease ends: receivers know it by its id. */
  async #tryToRecord(rows: FinishedAttempt[]): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#parts.store.recordAttempts(this.#accountId, this.#webhookId, rows);
      } catch (error) {
        this.#parts.log.warn({ err: error, webhookId: this.#webhookId }, 'attempts cannot be recorded now');
        if (tries === recordTriesMax || this.#isStopping) return;
        await sleep(databasePauseMs);
      }
    }
  }
}
