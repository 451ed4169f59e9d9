/** Senders that go on whatever happens to the server, and what must be true of their calls afterwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { TestServer, TestWebhook } from '../support/server.ts';

const sendersCount = 16;
/** An answer that takes longer counts as a hang. */
const answerMsMax = 15_000;
/** How long a sender holds back after a refusal; it is told a second, and does not listen. */
const pauseMs = 50;

/** One sender: amounts 1, 2, 3 … for a call of its own, each with its own transaction id, the next after an answer. */
type Sender = {
  callLogId: string;
  isLive: boolean;
  /** the highest amount that was acknowledged */
  acknowledged: number;
};

type Query = (sql: string) => Promise<Record<string, unknown>[]>;

type Refusal = { status: number; code: string | undefined; retryAfter: string | null };

export class Load {
  readonly senders: Sender[] = Array.from({ length: sendersCount }, (_, at) => ({
    callLogId: `load ${at}`,
    isLive: at % 2 === 1,
    acknowledged: 0,
  }));
  /** all answers that were no acknowledgement */
  readonly refusals: Refusal[] = [];
  readonly #webhook: TestWebhook;
  #isStopped = false;

  private constructor(webhook: TestWebhook) {
    this.#webhook = webhook;
  }

  static async prepare(server: TestServer): Promise<Load> {
    const load = new Load(await server.createWebhook());
    for (const { callLogId, isLive } of load.senders) {
      await server.createCall(callLogId, { state: isLive ? 'live' : 'completed' });
    }
    return load;
  }

  get acknowledged(): number {
    return this.senders.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  }

  /** Sends until `stop`; without an answer the sender gives up, or goes on with the same amount. */
  async run(server: TestServer, onSilence: 'give up' | 'go on' = 'give up'): Promise<void> {
    await Promise.all(
      this.senders.map(async (sender) => {
        while (!this.#isStopped) {
          const isAnswered = await this.#sendNext(server, sender, onSilence === 'go on');
          if (!isAnswered && onSilence === 'give up') return;
        }
      }),
    );
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Each sender sends its next amount until it is acknowledged; what it sent in vain goes again under its old id. */
  async settle(server: TestServer): Promise<void> {
    await Promise.all(
      this.senders.map(async (sender) => {
        const wanted = sender.acknowledged + 1;
        while (sender.acknowledged < wanted) expect(await this.#sendNext(server, sender)).toBe(true);
      }),
    );
  }

  /**
   * @param mayHang a connection may have been handed to a worker that was dead: that counts as no answer
   * @returns false when there was no answer
   */
  async #sendNext(server: TestServer, sender: Sender, mayHang = false): Promise<boolean> {
    const amount = sender.acknowledged + 1;
    const { callLogId: call_log_id } = sender;
    const body = { call_log_id, revenue_paid_out: amount, transaction_id: `${call_log_id} ${amount}` };
    const answer = await server
      .request('/update-fields', {
        method: 'POST',
        headers: { 'x-auth-key': this.#webhook.auth_key },
        body,
        signal: AbortSignal.timeout(answerMsMax),
      })
      .catch((error: Error) => {
        if (error.name === 'TimeoutError' && !mayHang) throw error;
        return null;
      });
    if (answer === null) return false;
    if (answer.status === (sender.isLive ? 202 : 200)) {
      sender.acknowledged = amount;
      return true;
    }
    const { status, json, headers } = answer;
    this.refusals.push({ status, code: json?.code, retryAfter: headers.get('retry-after') });
    await sleep(pauseMs);
    return true;
  }

  /** Nobody was told anything but that the database is away, and when to come again. */
  expectHonestRefusals(): void {
    for (const { status, code, retryAfter } of this.refusals) {
      expect(status).toBe(503);
      expect(['store_unavailable', 'outcome_unknown']).toContain(code);
      expect(Number(retryAfter)).toBeGreaterThan(0);
    }
  }

  /**
   * Every acknowledged amount was taken once, in its order, and nothing else was.
   * @param query a look into the server's database
   * @param inFlightMax amounts that a sender may have sent without hearing of them
   * @param senders as they were at the moment that the database shows
   */
  async expectAllTaken(
    server: TestServer,
    query: Query,
    inFlightMax: number,
    senders = this.senders,
  ): Promise<void> {
    for (const { callLogId, isLive } of senders) {
      if (isLive) await server.api('POST', `/calls/${encodeURIComponent(callLogId)}/complete`, {});
    }
    const rows = await query(
      `select c.call_log_id, c.revenue_paid_out::float as standing,
         json_agg((p.changes -> 'revenue_paid_out' ->> 'to')::float order by p.postback_id) as taken
       from call c left join postback p on p.call_log_id = c.call_log_id and p.status = 'applied'
       where c.call_log_id like 'load %' group by c.call_log_id, c.revenue_paid_out`,
    );
    const byCall = new Map(rows.map((row) => [row['call_log_id'], row]));
    for (const { callLogId, acknowledged } of senders) {
      const { taken, standing } = byCall.get(callLogId) ?? {};
      const amounts = (taken as (number | null)[]).filter((amount) => amount !== null); // as the query says
      expect(amounts).toEqual(Array.from({ length: amounts.length }, (_, at) => at + 1));
      expect(amounts.length).toBeGreaterThanOrEqual(acknowledged);
      expect(amounts.length).toBeLessThanOrEqual(acknowledged + inFlightMax);
      expect(standing).toBe(amounts.at(-1) ?? null);
    }
  }
}
