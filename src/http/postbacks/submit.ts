/**
 * The one way from a postback to its outcome. Every endpoint that takes postbacks submits them here, so each postback is read
 * with its webhook's current settings, writes its line in the server's log, and counts in the metrics.
 */

import type { WebhookType } from '../../core/updates/fields/webhook-type.ts';
import type { Outcome, Postback } from '../../core/updates/postback.ts';
import { ignoredOutcome, rejectedOutcome } from '../../core/updates/postback.ts';
import type { Rejection } from '../../core/updates/rejection.ts';
import type { Writer } from '../../ingest/writer.ts';
import type { KeyedWebhook } from '../../store/store.ts';
import { type GuardedWebhook, mayBeOutdated } from '../guards/webhook-guards.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { PostbackLines, RequestMetadata } from './postback-lines.ts';
import type { RejectedRepeats } from './rejections/rejected-repeats.ts';

export type Submission = {
  writer: Pick<Writer, 'submit'>;
  metrics: Pick<Metrics, 'countPostback'>;
  lines: Pick<PostbackLines, 'write'>;
  /** of endpoints that senders retry on */
  repeated?: RejectedRepeats;
};

/** A webhook with its settings; only those of an endpoint with a key have guards. */
type Settings = KeyedWebhook & Partial<Pick<GuardedWebhook, 'guards'>>;

/** Where the settings of a postback's webhook come from. */
export type WebhookSource<W extends Settings> = {
  /** null when the webhook or its key is gone */
  find(): W | null | Promise<W | null>;
  /** called when the settings that `find` returned last have changed since */
  forget(): void;
};

/**
 * Submits what `read` makes of a request with its webhook's settings, and again with the new ones if they changed meanwhile.
 * @param orderingKeyOf postbacks with the same key keep their order; those of one call if left out
 * @returns null when the source has no webhook (any more); nothing was done then
 */
export async function submitPostback<W extends Settings>(
  to: Submission,
  metadata: RequestMetadata,
  source: WebhookSource<W>,
  read: (webhook: W) => Postback | Promise<Postback>,
  orderingKeyOf?: (postback: Postback) => string | undefined | Promise<string | undefined>,
): Promise<Outcome | null> {
  for (;;) {
    const webhook = await source.find();
    if (webhook === null) return null;
    const postback = await read(webhook);
    const result =
      rejectUnlogged(webhook, postback) ??
      ignore(webhook, postback) ??
      (postback.rejection && (await countRepeat(to, postback, postback.rejection))) ??
      (await to.writer.submit(postback, orderingKeyOf && (await orderingKeyOf(postback))));
    if (result === 'stale') {
      source.forget();
      continue;
    }
    report(to, metadata, webhook.type, postback, result);
    if (postback.rejection !== null && result.postbackId === postback.postbackId)
      to.repeated?.note(postback, result);
    return result;
  }
}

/** The outcome of a rejected request that came before: its row in the log is that of the first one. */
async function countRepeat(
  { repeated }: Submission,
  postback: Postback,
  rejection: Rejection,
): Promise<Outcome | null> {
  if (repeated === undefined) return null;
  const postbackId = await repeated.take(postback);
  return postbackId === null ? null : rejectedOutcome({ ...postback, postbackId }, rejection);
}

/** Submits a postback that depends on no webhook, and so is never stale. */
export async function submitWithoutWebhook(
  to: Submission,
  metadata: RequestMetadata,
  type: WebhookType,
  postback: Postback,
): Promise<Outcome> {
  const result = await to.writer.submit(postback);
  if (result === 'stale') throw new Error('a postback without a webhook depends on no settings');
  report(to, metadata, type, postback, result);
  return result;
}

/** Submits an undo. `stale`: what it undoes has found its call, or is gone, since it was read. */
export async function submitUndo(
  to: Submission,
  metadata: RequestMetadata,
  type: WebhookType,
  undo: Postback,
): Promise<Outcome | 'stale'> {
  const result = await to.writer.submit(undo);
  if (result !== 'stale') report(to, metadata, type, undo, result);
  return result;
}

/**
 * Submits postbacks in one transaction: all or none.
 * @returns null when the source has no webhook (any more). Where an outcome is rejected, nothing was done and nothing is reported
 */
export async function submitAtomically<W extends Settings>(
  to: Submission & { writer: Pick<Writer, 'submitAtomic'> },
  metadata: RequestMetadata,
  source: WebhookSource<W>,
  read: (webhook: W) => Promise<Postback[]>,
): Promise<{ postback: Postback; outcome: Outcome }[] | null> {
  for (;;) {
    const webhook = await source.find();
    if (webhook === null) return null;
    const postbacks = await read(webhook);
    const results = await to.writer.submitAtomic(postbacks);
    if (results.includes('stale')) {
      source.forget();
      continue;
    }
    const submitted = results.map((outcome, index) => {
      const postback = postbacks[index];
      if (postback === undefined || outcome === 'stale')
        throw new Error('an atomic batch has one result for each postback');
      return { postback, outcome };
    });
    const isDone = submitted.every(({ outcome }) => outcome.status !== 'rejected');
    for (const { postback, outcome } of isDone ? submitted : []) {
      report(to, metadata, webhook.type, postback, outcome);
    }
    return submitted;
  }
}

/** A rejection that the log only samples never reaches the writer, so nothing else would notice that its settings are old. */
function rejectUnlogged(webhook: Settings, postback: Postback): Outcome | 'stale' | null {
  const { rejection } = postback;
  if (rejection?.isUnlogged !== true) return null;
  return mayBeOutdated(webhook) ? 'stale' : rejectedOutcome(postback, rejection);
}

/** What is ignored alone never reaches the writer either. */
function ignore(webhook: Settings, postback: Postback): Outcome | 'stale' | null {
  const { postbackId, isIgnored, isReread } = postback;
  if (isIgnored !== true || isReread === true) return null;
  return mayBeOutdated(webhook) ? 'stale' : ignoredOutcome(postbackId);
}

function report(
  { metrics, lines }: Submission,
  metadata: RequestMetadata,
  type: WebhookType,
  postback: Postback,
  outcome: Outcome,
): void {
  metrics.countPostback(outcome);
  lines.write(metadata, type, postback, outcome);
}
