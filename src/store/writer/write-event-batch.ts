/**
 * One batch of call events in one transaction: what webhooks of type `calls` receive. An event is applied as everywhere
 * (`calls/call-events.ts`), one after the other; the log and the commit travel together.
 */
import type pg from 'pg';
import { eventToJson } from '../../core/calls/call-event.ts';
import { tooManyTags } from '../../core/updates/fold/apply.ts';
import {
  answerAgain,
  type Decided,
  idTaken,
  newerOf,
  type PriorPostback,
  priorKeyOf,
  reusedTransactionId,
} from '../../core/updates/fold/fold.ts';
import { waitingOutcome } from '../../core/updates/fold/wait.ts';
import {
  countsFrom,
  ignoredOutcome,
  type Locked,
  type Outcome,
  type Postback,
  rejectedOutcome,
  type Stale,
} from '../../core/updates/postback.ts';
import { reject } from '../../core/updates/rejection.ts';
import type { WriteMode } from '../../core/updates/write-mode.ts';
import { arrivalOf, type ReceivedEvent, recordLocked, UnlockedArrival } from '../calls/call-events.ts';
import type { Arrival } from '../calls/pending/waiting-postbacks.ts';
import type { Queryable } from '../database/connections/db.ts';
import { CommitLost, classifyFailure } from '../database/failure.ts';
import { beginArrival } from '../database/statements/arrival-locks.ts';
import {
  arrayText,
  notNull,
  Query,
  type Statement,
  sendTogether,
} from '../database/statements/round-trip.ts';
import { commitBatch } from './commit-batch.ts';
import { lockKept, rereadBefore, rereadIdsOf, takeRereads } from './kept-postbacks.ts';
import { priorOf, readPriorPostbacks } from './prior-postbacks.ts';

/** The webhooks of a batch: which of their settings are still current, and their names for the timeline. */
const readSenders: Statement<[webhookId: string, revision: string, name: string]> = {
  name: 'read-senders',
  text: `
select w.webhook_id, w.revision || '.' || a.revision, w.name
from incoming_webhook w join account a on a.account_id = w.account_id
where w.account_id = $1 and w.webhook_id = any($2::uuid[]) and w.deleted_at is null`,
  readRow: ([webhookId, revision, name]) => [notNull(webhookId), notNull(revision), notNull(name)],
};
export const eventStatements = [readSenders];

type Written = Outcome | Stale | Locked;

/** True for a batch of call events. The writer never mixes them with updates. */
export function hasEvents(postbacks: Postback[]): boolean {
  return postbacks.some(({ event }) => event !== undefined);
}

/** @throws as `writePostbacks`, which rolls back */
export async function writeEventBatch(
  client: pg.ClientBase,
  accountId: string,
  postbacks: Postback[],
  { isAtomic, skipsLocked }: Omit<WriteMode, 'mayHaveCommitted'>,
  now: string,
): Promise<Written[]> {
  if (!skipsLocked) return new EventBatch(client, accountId, postbacks, isAtomic, now).write();
  const written: Written[] = [];
  for (const postback of postbacks) written.push(await writeAlone(client, accountId, postback, now, written));
  return written;
}

/** After a wait for a lock that was too long: events whose call is free are written, the others are `locked`. */
async function writeAlone(
  client: pg.ClientBase,
  accountId: string,
  postback: Postback,
  now: string,
  before: Written[],
): Promise<Written> {
  try {
    const [written] = await new EventBatch(client, accountId, [postback], false, now).write();
    if (written === undefined) throw new Error('an event has no outcome');
    return written;
  } catch (error) {
    if (classifyFailure(error) === 'locked') {
      await client.query('rollback');
      return 'locked';
    }
    // The events before it may be committed: the next try must look for them in the log.
    throw before.some((one) => typeof one === 'object') ? new CommitLost(error) : error;
  }
}

/** Statement names by their text. All texts are constant. */
const names = new Map<string, string>();

/** The connection, with every statement planned once: planning took longer than running them. */
function withPreparedStatements(client: pg.ClientBase): Queryable {
  const query = (statement: string | pg.QueryConfig, values: unknown[] = []) => {
    if (typeof statement !== 'string') return client.query(statement); // it is a named statement
    const name = names.get(statement) ?? `event-${names.size}`;
    names.set(statement, name);
    return client.query({ name, text: statement, values });
  };
  return { query } as Queryable; // the two forms of `query` that call events use
}

class EventBatch {
  readonly #client: pg.ClientBase;
  readonly #prepared: Queryable;
  readonly #accountId: string;
  readonly #postbacks: Postback[];
  readonly #isAtomic: boolean;
  readonly #now: string;
  readonly #arrival: Arrival;

  constructor(
    client: pg.ClientBase,
    accountId: string,
    postbacks: Postback[],
    isAtomic: boolean,
    now: string,
  ) {
    this.#client = client;
    this.#prepared = withPreparedStatements(client);
    this.#accountId = accountId;
    this.#postbacks = postbacks;
    this.#isAtomic = isAtomic;
    this.#now = now;
    const arrivals = postbacks.flatMap((postback) => {
      const received = this.#receivedEvent(postback, '');
      return received === null ? [] : [arrivalOf(received)];
    });
    this.#arrival = {
      callLogIds: arrivals.flatMap(({ callLogIds }) => callLogIds),
      phoneNumbers: arrivals.flatMap(({ phoneNumbers }) => phoneNumbers),
    };
  }

  async write(): Promise<Written[]> {
    for (;;) {
      try {
        return await this.#writeOnce();
      } catch (error) {
        if (!(error instanceof UnlockedArrival)) throw error;
        await this.#client.query('rollback');
        this.#arrival.phoneNumbers.push(...error.arrival.phoneNumbers);
        this.#arrival.callLogIds.push(...error.arrival.callLogIds);
      }
    }
  }

  async #writeOnce(): Promise<Written[]> {
    await this.#client.query(beginArrival(this.#accountId, this.#arrival));
    const { revisions, names, prior, rereads } = await this.#read();
    const decided: Decided[] = [];
    const written: Written[] = [];
    for (const postback of this.#postbacks) {
      const { sender } = postback;
      const isStale = 'revision' in sender && revisions.get(sender.webhookId) !== sender.revision;
      const name = 'changedBy' in sender ? sender.changedBy : (names.get(sender.webhookId) ?? '');
      if (isStale) written.push('stale');
      else if (postback.isReread === true && !rereads.has(postback)) written.push(rereadBefore(postback));
      else written.push(await this.#decide(postback, name, prior, decided));
    }
    const isUndone = written.some((one) => typeof one === 'string' || one.status === 'rejected');
    if (this.#isAtomic && isUndone) await this.#client.query('rollback');
    else {
      const nothing = { changedCalls: new Map(), canceled: [] };
      await commitBatch(this.#client, this.#accountId, { ...nothing, decided }, this.#now);
    }
    return written;
  }

  async #read() {
    const webhookIds = this.#postbacks.flatMap(({ sender }) =>
      'webhookId' in sender ? sender.webhookId : [],
    );
    const ids = this.#postbacks.map(({ transactionId }) => transactionId).filter((id) => id !== null);
    const senders = new Query(readSenders, [this.#accountId, arrayText(new Set(webhookIds))]);
    const prior = new Query(readPriorPostbacks, [this.#accountId, arrayText(ids)]);
    const rereadIds = rereadIdsOf(this.#postbacks);
    const kept = new Query(lockKept, [this.#accountId, arrayText(rereadIds)]);
    await sendTogether(this.#client, [
      senders,
      ...(ids.length > 0 ? [prior] : []),
      ...(rereadIds.length > 0 ? [kept] : []),
    ]);
    return {
      revisions: new Map(senders.rows.map(([id, revision]) => [id, revision])),
      names: new Map(senders.rows.map(([id, , name]) => [id, name])),
      prior: priorOf(prior.rows),
      rereads: takeRereads(this.#postbacks, kept.rows),
    };
  }

  /** A repeat gets the first response again; everything else gets an outcome and a row in the log. */
  async #decide(
    postback: Postback,
    by: string,
    prior: Map<string, PriorPostback>,
    decided: Decided[],
  ): Promise<Outcome> {
    if (postback.isIgnored === true) return ignoredOutcome(postback.postbackId);
    const { event, target } = postback;
    const callLogId = target !== null && 'callLogId' in target ? target.callLogId : undefined;
    const update =
      event === undefined
        ? '{}'
        : JSON.stringify({ event: { call_log_id: callLogId, ...eventToJson(event) } });
    const key = postback.rejection === null ? priorKeyOf(postback) : null;
    const earlier = key === null ? undefined : prior.get(key);
    const first = earlier?.update === update ? earlier.outcome : newerOf(postback, earlier);
    if (first !== undefined) return answerAgain(postback, first, update, decided);
    const outcome =
      earlier === undefined
        ? await this.#record(postback, by)
        : rejectedOutcome(postback, reusedTransactionId());
    decided.push({ postback, outcome, update });
    if (key !== null && outcome.status !== 'rejected' && outcome.status !== 'kept' && !postback.isDryRun) {
      prior.set(key, { phoneNumber: null, update, outcome });
    }
    return outcome;
  }

  async #record(postback: Postback, by: string): Promise<Outcome> {
    if (postback.rejection !== null) {
      const outcome = rejectedOutcome(postback, postback.rejection);
      return postback.isKept === true ? { ...outcome, status: 'kept' } : outcome;
    }
    const received = this.#receivedEvent(postback, by);
    if (received === null) throw new Error('a call event without a rejection has a call');
    if (postback.isDryRun) await this.#client.query('savepoint dry_run');
    const recorded = await recordLocked(this.#prepared, received, this.#arrival);
    if (postback.isDryRun) await this.#client.query('rollback to savepoint dry_run');
    if (recorded === 'unknown_call') {
      const rejection = reject(
        'call_not_found',
        'The call of this leg is not known: send its own event first.',
      );
      return postback.wait === undefined
        ? rejectedOutcome(postback, rejection)
        : waitingOutcome(postback, postback.wait, rejection, null);
    }
    if (recorded === 'too_many_tags') return rejectedOutcome(postback, tooManyTags('tags'));
    if ('takenId' in recorded) return rejectedOutcome(postback, idTaken(recorded));
    const { callLogId, isNew, changes } = recorded;
    return {
      postbackId: postback.postbackId,
      status: isNew ? 'created' : Object.keys(changes).length > 0 ? 'applied' : 'unchanged',
      isDuplicate: false,
      callLogId,
      matchedBy: callLogId === received.callLogId ? 'call_log_id' : 'other_id',
      candidates: 1,
      changes,
      kept: [],
      ignored: postback.ignored,
      rejection: null,
    };
  }

  #receivedEvent(postback: Postback, by: string): ReceivedEvent | null {
    const { accountId, target, event, rejection } = postback;
    if (rejection !== null || event === undefined || target === null || !('callLogId' in target)) return null;
    const mayCreate = event.legId === undefined;
    return { accountId, callLogId: target.callLogId, event, by, receivedAt: countsFrom(postback), mayCreate };
  }
}
