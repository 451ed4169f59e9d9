import {
  dayMs,
  findRises,
  hourMs,
  isSilent,
  silenceWindows,
  type Window,
} from '../../../core/reports/attention.ts';
import { unmatchedCodes } from '../../../core/updates/fold/wait.ts';
import type { ActiveWebhook, Store } from '../../../store/store.ts';
import type { FoundItem } from './overview-schemas.ts';

/** A call that is live for longer than this was most likely never ended. */
const liveHoursMax = 4;

export type FoundAttention = { at: string; last_postback_at: string | null; items: FoundItem[] };

/** What an operator should look at, the most pressing first. One read after the other: it is in no hurry. */
export async function findAttention(store: Store, accountId: string, nowMs: number): Promise<FoundAttention> {
  const windows = silenceWindows(nowMs);
  const webhooks = await store.readActiveWebhooks(accountId, windows);
  const lastAts = webhooks.flatMap(({ lastAt }) => (lastAt === null ? [] : [lastAt]));
  const items = [
    ...(await findInvalidKeys(store, accountId, nowMs)),
    ...(await findRising(store, accountId, webhooks, nowMs)),
    ...silentOf(webhooks, windows, nowMs).map(([webhook, silence]) => ({
      kind: 'silent_webhook' as const,
      webhook_id: webhook.webhookId,
      webhook_name: webhook.name,
      ...silence,
    })),
    ...(await findSilentPartners(store, accountId, 'publisher', windows, nowMs)),
    ...(await findSilentPartners(store, accountId, 'buyer', windows, nowMs)),
    ...(await findUnmatched(store, accountId, nowMs)),
    ...(await findWaiting(store, accountId, nowMs)),
    ...(await findFailing(store, accountId)),
  ];
  return { at: new Date(nowMs).toISOString(), last_postback_at: lastAts.sort().at(-1) ?? null, items };
}

async function findInvalidKeys(store: Store, accountId: string, nowMs: number): Promise<FoundItem[]> {
  const counts = await store.countInvalidKeys(accountId, nowMs);
  return counts.map(({ webhookId, webhookName, requests, addresses, lastId, lastAt }) => ({
    ...{ kind: 'invalid_keys', webhook_id: webhookId, webhook_name: webhookName, requests, addresses },
    last: { postback_id: lastId, at: lastAt },
  }));
}

async function findRising(
  store: Store,
  accountId: string,
  webhooks: ActiveWebhook[],
  nowMs: number,
): Promise<FoundItem[]> {
  const { hours, coveredHours } = await store.countRejections(accountId, nowMs);
  const ages = new Map(
    webhooks.map(({ webhookId, createdAt }) => [
      webhookId,
      Math.min((nowMs - Date.parse(createdAt)) / hourMs, coveredHours),
    ]),
  );
  const items: FoundItem[] = [];
  for (const rise of findRises(hours, ages)) {
    const { webhookId, windowHours, rejected, usual, code } = rise;
    const { count, isMore } = await store.countSince(accountId, webhookId, nowMs - windowHours * hourMs);
    items.push({
      kind: 'rising_rejections',
      webhook_id: webhookId,
      webhook_name: webhooks.find((webhook) => webhook.webhookId === webhookId)?.name ?? '',
      ...{ window_hours: windowHours, rejected, total: count, total_is_more: isMore },
      usual: Math.round(usual * 10) / 10,
      code,
    });
  }
  return items;
}

type Busy = { lastAt: string | null; wasBusy: boolean[][] };

/** Those who fell silent, with the shortest window that shows it. */
function silentOf<T extends Busy>(
  all: T[],
  windows: Window[],
  nowMs: number,
): [T, { last_at: string; window_hours: number }][] {
  return all.flatMap((one): [T, { last_at: string; window_hours: number }][] => {
    const { lastAt, wasBusy } = one;
    if (lastAt === null) return [];
    const window = windows.find((each, at) => isSilent(each, Date.parse(lastAt), nowMs, wasBusy[at] ?? []));
    return window === undefined ? [] : [[one, { last_at: lastAt, window_hours: window.hours }]];
  });
}

async function findSilentPartners(
  store: Store,
  accountId: string,
  column: 'publisher' | 'buyer',
  windows: Window[],
  nowMs: number,
): Promise<FoundItem[]> {
  const partners = await store.readActivePartners(accountId, column, windows);
  return silentOf(partners, windows, nowMs).map(([{ name }, silence]) => ({
    kind: column === 'publisher' ? ('silent_publisher' as const) : ('silent_buyer' as const),
    name,
    ...silence,
  }));
}

async function findUnmatched(store: Store, accountId: string, nowMs: number): Promise<FoundItem[]> {
  const counts = await store.countUnmatched(accountId, unmatchedCodes, nowMs);
  const from = new Date(nowMs - dayMs).toISOString();
  return counts.map(({ code, count, isMore }) => ({ kind: 'unmatched', code, count, is_more: isMore, from }));
}

async function findWaiting(store: Store, accountId: string, nowMs: number): Promise<FoundItem[]> {
  const startedBefore = new Date(nowMs - liveHoursMax * hourMs).toISOString();
  const { calls, updates, oldest } = await store.countWaitingUpdates(accountId, startedBefore);
  if (oldest === null) return [];
  return [
    {
      ...{ kind: 'waiting_updates', calls, updates, live_for_hours: liveHoursMax },
      oldest: { call_log_id: oldest.callLogId, started_at: oldest.startedAt },
    },
  ];
}

async function findFailing(store: Store, accountId: string): Promise<FoundItem[]> {
  const troubles = await store.listOutgoingTroubles(accountId);
  return troubles.map(({ webhookId, name, reason, pausedAt, failingSince }) => ({
    ...{ kind: 'outgoing_failing', webhook_id: webhookId, webhook_name: name, paused: pausedAt !== null },
    reason: reason === 'gone' ? 'gone' : 'failing',
    since: failingSince ?? pausedAt ?? '',
  }));
}
