/**
 * Follows the timeline of every account that has outgoing webhooks, and sends. Any number of processes may do so: each
 * takes what no other has taken. Where no account has one, it asks once a second whether that has changed.
 */
import type { Log } from '../../log.ts';
import type { FollowedWebhook, Store } from '../../store/store.ts';
import { forEachAccount } from '../each-account.ts';
import { Signal } from './signal.ts';
import { type SenderParts, WebhookSender } from './webhook-sender.ts';

export type EventSender = {
  /** Something was committed, or a webhook was changed. */
  wake(): void;
  stop(): Promise<void>;
};

type Parts = SenderParts & {
  store: Pick<Store, 'listFollowedWebhooks' | 'listDue' | 'followTimeline' | 'storeAttention'>;
  log: Pick<Log, 'warn'>;
  /** what needs attention now, as the overview shows it */
  findAttention(accountId: string): Promise<Record<string, unknown>[]>;
};

const idleMs = 1_000;
/** How late an event that another process committed is found. */
const followMs = 250;
/** Between two passes, so that a busy server reads many commits at once; and longer than the pass took. */
const pauseMsMin = 50;
const attentionEveryMs = 60_000;
const graceMs = 3_000;

export function startSendingEvents(parts: Parts): EventSender {
  const work = new Signal();
  const stopping = new Signal();
  const senders = new Map<string, WebhookSender>();
  const attentionDueAt = new Map<string, number>();
  let hasWebhooks = false;
  let isStopping = false;

  const senderOf = ({ accountId, webhookId }: FollowedWebhook): WebhookSender => {
    const sender = senders.get(webhookId) ?? new WebhookSender(accountId, webhookId, parts);
    senders.set(webhookId, sender);
    return sender;
  };

  const passOf = async (accountId: string, webhooks: FollowedWebhook[]): Promise<void> => {
    await tellAttention(parts, accountId, webhooks, attentionDueAt);
    const reached = await parts.store.followTimeline(accountId);
    const active = webhooks.filter(({ isPaused }) => !isPaused);
    if (active.length === 0) return;
    const ids = active.map(({ webhookId }) => webhookId);
    const due = await parts.store.listDue(accountId, ids);
    for (const webhook of active) {
      const isReached = reached !== 'busy' && reached.has(webhook.webhookId);
      if (isReached || due.has(webhook.webhookId)) senderOf(webhook).wake();
    }
  };

  const pass = async (): Promise<void> => {
    const webhooks = await parts.store.listFollowedWebhooks();
    hasWebhooks = webhooks.length > 0;
    await stopGone(senders, webhooks);
    const byAccount = Map.groupBy(webhooks, ({ accountId }) => accountId);
    await forEachAccount([...byAccount.keys()], async (accountId) => {
      if (!isStopping) await passOf(accountId, byAccount.get(accountId) ?? []);
    });
  };

  const run = async (): Promise<void> => {
    let hasFailed = false;
    while (!isStopping) {
      const start = performance.now();
      try {
        await pass();
        hasFailed = false;
      } catch (error) {
        if (!hasFailed) parts.log.warn({ err: error }, 'events cannot be read now');
        hasFailed = true;
      }
      const tookMs = performance.now() - start;
      if (hasWebhooks) await stopping.take(Math.max(pauseMsMin, 2 * tookMs));
      await work.take(hasWebhooks && !hasFailed ? followMs : idleMs);
    }
  };
  const done = run();

  return {
    wake() {
      if (hasWebhooks) work.give();
    },
    async stop() {
      isStopping = true;
      stopping.give();
      work.give();
      await done;
      await Promise.all([...senders.values()].map((sender) => sender.stop(graceMs)));
      await parts.client.close();
    },
  };
}

async function stopGone(senders: Map<string, WebhookSender>, webhooks: FollowedWebhook[]): Promise<void> {
  const active = new Set(webhooks.filter(({ isPaused }) => !isPaused).map(({ webhookId }) => webhookId));
  for (const [webhookId, sender] of senders) {
    if (active.has(webhookId)) continue;
    senders.delete(webhookId);
    void sender.stop(graceMs);
  }
}

/** Events of attention items that appeared or ended, if an outgoing webhook subscribes to them. */
async function tellAttention(
  { store, findAttention }: Parts,
  accountId: string,
  webhooks: FollowedWebhook[],
  attentionDueAt: Map<string, number>,
): Promise<void> {
  const nowMs = performance.now();
  const isDue = nowMs >= (attentionDueAt.get(accountId) ?? 0);
  if (!isDue || !webhooks.some(({ wantsAttention }) => wantsAttention)) return;
  attentionDueAt.set(accountId, nowMs + idleMs); // where it fails, too
  const told = await store.storeAttention(accountId, await findAttention(accountId));
  if (told !== 'busy') attentionDueAt.set(accountId, nowMs + attentionEveryMs);
}
