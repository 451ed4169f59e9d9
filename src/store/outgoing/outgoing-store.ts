import type { EventType } from '../../core/outgoing/event-type.ts';
import type { Actor } from '../access/audit.ts';
import type { Db } from '../database/db.ts';
import { storeAttention } from './attention-events.ts';
import { claimDeliveries } from './claim-deliveries.ts';
import * as deliveries from './deliveries.ts';
import { followTimeline } from './follow-timeline.ts';
import type { OutgoingSettings } from './outgoing-rows.ts';
import { listDueWebhooks, listOutgoingTroubles } from './outgoing-state.ts';
import * as outgoing from './outgoing-webhooks.ts';
import { findPastEvent, type PastEvent } from './past-event.ts';
import { type FinishedAttempt, recordAttempts } from './record-attempts.ts';
import type { Resume } from './resume-deliveries.ts';

/** The part of the store that is about outgoing webhooks. */
export function createOutgoingStore(db: Db, now: () => string) {
  return {
    createOutgoing: (accountId: string, settings: OutgoingSettings, secret: string, actor: Actor) =>
      outgoing.createOutgoing(db, accountId, settings, secret, actor, now()),
    listOutgoing: (accountId: string, limit: number, before: string | null) =>
      outgoing.listOutgoing(db, accountId, limit, before),
    findOutgoing: (accountId: string, webhookId: string) => outgoing.findOutgoing(db, accountId, webhookId),
    changeOutgoing: (
      accountId: string,
      webhookId: string,
      changes: outgoing.OutgoingChanges,
      resume: Resume,
      actor: Actor,
    ) => outgoing.changeOutgoing(db, accountId, webhookId, changes, resume, actor, now()),
    deleteOutgoing: (accountId: string, webhookId: string, actor: Actor) =>
      outgoing.deleteOutgoing(db, accountId, webhookId, actor, now()),
    rotateOutgoingSecret: (
      accountId: string,
      webhookId: string,
      secret: string,
      oldSecretExpiresAt: string,
      actor: Actor,
    ) => outgoing.rotateOutgoingSecret(db, accountId, webhookId, secret, oldSecretExpiresAt, actor, now()),

    listDueWebhooks: () => listDueWebhooks(db),
    followTimeline: (accountId: string) => followTimeline(db, accountId),
    storeAttention: (accountId: string, items: Record<string, unknown>[]) =>
      storeAttention(db, accountId, items, now()),
    claimDeliveries: (accountId: string, webhookId: string, limit: number) =>
      claimDeliveries(db, accountId, webhookId, limit),
    recordAttempts: (accountId: string, webhookId: string, finished: FinishedAttempt[], isGone: boolean) =>
      recordAttempts(db, accountId, webhookId, finished, isGone, now()),

    listDeliveries: (
      accountId: string,
      filter: deliveries.DeliveryFilter,
      limit: number,
      before: string | null,
    ) => deliveries.listDeliveries(db, accountId, filter, limit, before),
    findDelivery: (accountId: string, deliveryId: string) =>
      deliveries.findDelivery(db, accountId, deliveryId),
    findPastEvent: (accountId: string, asked: PastEvent, types: EventType[]) =>
      findPastEvent(db, accountId, asked, types),
    replayDelivery: (accountId: string, deliveryId: string, actor: Actor) =>
      deliveries.replayDelivery(db, accountId, deliveryId, actor, now()),
    replayDeliveries: (accountId: string, webhookId: string, range: deliveries.ReplayRange, actor: Actor) =>
      deliveries.replayDeliveries(db, accountId, webhookId, range, actor, now()),
    listOutgoingTroubles: (accountId: string | null) => listOutgoingTroubles(db, accountId),
  };
}

export type { ClaimedDelivery, SendingWebhook } from './claim-deliveries.ts';
export type { Delivery } from './deliveries.ts';
export type { OutgoingSettings, OutgoingWebhook } from './outgoing-rows.ts';
export type { DueWebhook } from './outgoing-state.ts';
export type { ListedOutgoing } from './outgoing-webhooks.ts';
export type { FinishedAttempt } from './record-attempts.ts';
