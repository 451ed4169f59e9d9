import type { Db } from '../database/db.ts';
import { withDb, withDbAndNow } from '../database/with-db.ts';
import { storeAttention } from './attention-events.ts';
import { claimDeliveries } from './claim-deliveries.ts';
import * as deliveries from './deliveries.ts';
import { followTimeline } from './follow-timeline.ts';
import { listDue, listFollowedWebhooks, listOutgoingTroubles } from './outgoing-state.ts';
import * as outgoing from './outgoing-webhooks.ts';
import { findPastEvent } from './past-event.ts';
import { recordAttempts } from './record-attempts.ts';

/** The part of the store that is about outgoing webhooks. */
export function createOutgoingStore(db: Db, now: () => string) {
  return {
    ...withDb(db, {
      listOutgoing: outgoing.listOutgoing,
      findOutgoing: outgoing.findOutgoing,
      listFollowedWebhooks,
      listDue,
      followTimeline,
      claimDeliveries,
      listDeliveries: deliveries.listDeliveries,
      findDelivery: deliveries.findDelivery,
      findPastEvent,
      listOutgoingTroubles,
    }),
    ...withDbAndNow(db, now, {
      createOutgoing: outgoing.createOutgoing,
      changeOutgoing: outgoing.changeOutgoing,
      deleteOutgoing: outgoing.deleteOutgoing,
      rotateOutgoingSecret: outgoing.rotateOutgoingSecret,
      storeAttention,
      recordAttempts,
      replayDelivery: deliveries.replayDelivery,
      replayDeliveries: deliveries.replayDeliveries,
    }),
  };
}

export type { ClaimedDelivery, SendingWebhook } from './claim-deliveries.ts';
export type { Delivery } from './deliveries.ts';
export type { OutgoingSettings, OutgoingWebhook } from './outgoing-rows.ts';
export type { FollowedWebhook } from './outgoing-state.ts';
export type { ListedOutgoing } from './outgoing-webhooks.ts';
export type { FinishedAttempt } from './record-attempts.ts';
