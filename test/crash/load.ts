/** Senders that go on whatever happens to the server, and what must be true of their calls afterwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { times } from '../faults/faults.ts';
import { expectUnbrokenChains } from '../support/call-chains.ts';
import type { TestServer, TestWebhook } from '../support/server.ts';

const sendersCount = 16;
/** An answer that takes longer counts as a hang. */
const answerMsMax = 15_000;
/** How long a sender holds back after a rejection; it is told a second, and does not listen. */
const pauseMs = 50;
/** After an answer, in milliseconds: in `npm test` the other tests need the machine too. */
const restMs = times(10, 0);

/** One sender: amounts 1, 2, 3 … for a separate call, each with its own transaction id, the next after an answer. */
type Sender = {
  callLogId: string;
  isLive: boolean;
  /** the highest amount that was acknowledged */
  acknowledged: number;
};

type Query = (sql: string) => Promise<Record<string, unknown>[]>;

/** What was found in the database, in numbers. */
export type Taken = { acknowledged: number; taken: number; sum: number };

type Rejection = { status: number; code: string | undefined; retryAfter: string | null };

export class Load {
  readonly senders: Sender[];
  /** all answers that were no acknowledgement */
  readonly rejections: Rejection[] = [];
  readonly #webhook: TestWebhook;
  readonly #name: string;
  #isStopped = false;

  private constructor(webhook: TestWebhook, name: string) {
    this.#webhook = webhook;
    this.#name = name;
    this.senders = Array.from({ length: sendersCount }, (_, at) => ({
      callLogId: `${name} ${at}`,
      isLive: at % 2 === 1,
      acknowledged: 0,
    }));
  }

  /** @param name what its calls are called, where several loads share a database */
  static async prepare(server: TestServer, name = 'load'): Promise<Load> {
    const load = new Load(await server.createWebhook(), name);
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
    this.#isStopped = false;
    await Promise.all(
      this.senders.map(async (sender) => {
        while (!this.#isStopped) {
          const isAnswered = await this.#sendNext(server, sender, onSilence === 'go on');
          await sleep(isAnswered ? restMs : pauseMs);
          if (!isAnswered && onSilence === 'give up') return;
        }
      }),
    );
  }

  /**
   * Sends until `stop` to several servers that share a database, in turn. Every third amount goes to all of them at
   * once under one id, as an impatient caller sends it, and whatever is not acknowledged goes again elsewhere.
   */
  async runOnAll(servers: () => TestServer[]): Promise<void> {
    this.#isStopped = false;
    await Promise.all(
      this.senders.map(async (sender, at) => {
        for (let turn = at; !this.#isStopped; turn += 1) {
          const all = servers();
          const chosen = turn % 3 === 0 ? all : all.slice(turn % all.length, (turn % all.length) + 1);
          const amount = sender.acknowledged + 1;
          const taken = await Promise.all(chosen.map((server) => this.#send(server, sender, amount, true)));
          const isTaken = taken.includes('taken');
          if (isTaken) sender.acknowledged = amount;
          await sleep(isTaken ? restMs : pauseMs);
        }
      }),
    );
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Each sender sends its next amount until it is acknowledged; what was not acknowledged is sent again with its old id. */
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
    const became = await this.#send(server, sender, amount, mayHang);
    if (became === 'taken') sender.acknowledged = amount;
    if (became === 'rejected') await sleep(pauseMs);
    return became !== 'silence';
  }

  async #send(
    server: TestServer,
    { callLogId: call_log_id, isLive }: Sender,
    amount: number,
    mayHang: boolean,
  ): Promise<'taken' | 'rejected' | 'silence'> {
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
    if (answer === null) return 'silence';
    if (answer.status === (isLive ? 202 : 200)) return 'taken';
    const { status, json, headers } = answer;
    this.rejections.push({ status, code: json?.code, retryAfter: headers.get('retry-after') });
    return 'rejected';
  }

  /** Nobody was told anything but that the database is away, and when to come again. */
  expectHonestRejections(): void {
    for (const { status, code, retryAfter } of this.rejections) {
      expect(status).toBe(503);
      expect(['store_unavailable', 'outcome_unknown']).toContain(code);
      expect(Number(retryAfter)).toBeGreaterThan(0);
    }
  }

  /**
   * Every acknowledged amount was taken once, in its order, and nothing else was; the money of all calls is what the
   * senders' own books say, and nothing waits for a call that is completed.
   * @param query a look into the server's database
   * @param inFlightMax amounts that a sender may have sent without hearing of them
   * @param senders as they were at the moment that the database shows
   */
  async expectAllTaken(
    server: TestServer,
    query: Query,
    inFlightMax: number,
    senders = this.senders,
  ): Promise<Taken> {
    for (const { callLogId, isLive } of senders) {
      if (isLive) await server.api('POST', `/calls/${encodeURIComponent(callLogId)}/complete`, {});
    }
    const rows = await query(
      `select c.call_log_id, c.revenue_paid_out::float as standing,
         json_agg(json_build_array(amount.before, amount.after) order by amount.after)
           filter (where amount.after is not null) as taken
       from call c left join postback p on p.account_id = c.account_id and p.call_log_id = c.call_log_id
         and p.status = 'applied'
       left join lateral (select (p.changes -> 'revenue_paid_out' ->> 'from')::float as before,
         (p.changes -> 'revenue_paid_out' ->> 'to')::float as after) amount on true
       where c.call_log_id like '${this.#name} %' group by c.account_id, c.call_log_id, c.revenue_paid_out`,
    );
    const byCall = new Map(rows.map((row) => [row['call_log_id'], row]));
    const total: Taken = { acknowledged: 0, taken: 0, sum: 0 };
    for (const { callLogId, acknowledged } of senders) {
      const { taken, standing } = byCall.get(callLogId) ?? {};
      const amounts = (taken ?? []) as [number | null, number][]; // as the query says
      expect(amounts).toEqual(amounts.map((_, at) => [at === 0 ? null : at, at + 1]));
      expect(amounts.length).toBeGreaterThanOrEqual(acknowledged);
      expect(amounts.length).toBeLessThanOrEqual(acknowledged + inFlightMax);
      expect(standing).toBe(amounts.length === 0 ? null : amounts.length);
      total.acknowledged += acknowledged;
      total.taken += amounts.length;
      total.sum += amounts.length;
    }
    const [books] = await query(
      `select money.sum, waiting.count as forgotten from
         (select sum(revenue_paid_out)::float from call where call_log_id like '${this.#name} %') money,
         (select count(*)::int from postback p join call c using (account_id, call_log_id)
          where p.status = 'queued' and c.state = 'completed') waiting`,
    );
    if (senders === this.senders) expect(books).toEqual({ sum: total.sum || null, forgotten: 0 });
    expect(await expectUnbrokenChains(query)).toBeGreaterThanOrEqual(total.taken);
    return total;
  }
}
