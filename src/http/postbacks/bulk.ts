/** What batches and file imports share: how an item becomes a postback, and how many of them are under way. */
import pLimit, { type LimitFunction } from 'p-limit';
import type { WebhookType } from '../../core/updates/fields/webhook-type.ts';
import type { Outcome, Postback } from '../../core/updates/postback.ts';
import type { Rejection } from '../../core/updates/rejection.ts';
import type { KeyedWebhook } from '../../store/store.ts';
import { outcomeToJson } from './postback-answer.ts';
import type { Content } from './request/read-content.ts';
import { type Arrival, readItemContent, toPostback } from './request/read-postback.ts';

/**
 * Items of all batches and imports together that may wait in the writer. A single postback waits behind about half of
 * them in its lane, one transaction: that bounds its latency however much bulk there is.
 */
const itemsInFlightMax = 600;

/** One for the whole process. */
export function createBulkLimit(): LimitFunction {
  return pLimit(itemsInFlightMax);
}

/**
 * @param content why it is not one, if it is not
 * @param earlyRejection why it is rejected, whatever it contains
 */
export function itemToPostback(
  type: WebhookType,
  webhook: KeyedWebhook,
  arrival: Arrival,
  content: Content | Rejection,
  repeatId: string | null,
  earlyRejection: Rejection | null,
  isDryRun: boolean,
): Postback {
  const read = readItemContent(type, webhook, content, repeatId, arrival.receivedAt, earlyRejection);
  const postback = toPostback(webhook, arrival, read);
  return { ...postback, isDryRun: postback.isDryRun || isDryRun };
}

/** An item's result: as a single answer, but a rejection has `status`, `code` and `errors`. */
export function itemToJson(outcome: Outcome, isDryRun: boolean): Record<string, unknown> {
  if (outcome.rejection === null || outcome.status === 'kept') return outcomeToJson(outcome, isDryRun);
  const { type: _type, title: _title, ...problem } = outcomeToJson(outcome, isDryRun);
  return { ...problem, status: 'rejected', errors: outcome.rejection.errors };
}

/** The optional ones are there only for calls, and where a webhook lets postbacks wait, keeps unreadable ones, or ignores some. */
export type BulkCounts = Record<'applied' | 'unchanged' | 'queued' | 'duplicate' | 'rejected', number> &
  Partial<Record<'created' | 'waiting' | 'kept' | 'ignored', number>>;

export function noCounts(): BulkCounts {
  return { applied: 0, unchanged: 0, queued: 0, duplicate: 0, rejected: 0 };
}

/** A repeat counts as one, whatever its first did. */
export function countOutcome(counts: BulkCounts, { isDuplicate, status }: Outcome): void {
  const name = isDuplicate ? 'duplicate' : status;
  if (name === 'expired') throw new Error('a postback is not answered as expired');
  counts[name] = (counts[name] ?? 0) + 1;
}
