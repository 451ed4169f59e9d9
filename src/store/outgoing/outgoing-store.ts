import type { Db } from '../database/connections/db.ts';
import { withDb, withDbAndNow } from '../database/connections/with-db.ts';
import { claimDeliveries } from './deliveries/claim-deliveries.ts';
import * as deliveries from './deliveries/deliveries.ts';
import { recordAttempts } from './deliveries/record-attempts.ts';
import { storeAttention } from './events/attention-events.ts';
import { followTimeline } from './events/follow-timeline.ts';
import { findPastEvent } from './events/past-event.ts';
import { listDue, listFollowedWebhooks, listOutgoingTroubles } from './outgoing-state.ts';
import * as outgoing from './outgoing-webhooks.ts';

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

export type { ClaimedDelivery, SendingWebhook } from './deliveries/claim-deliveries.ts';
export type { Delivery } from './deliveries/deliveries.ts';
export type { FinishedAttempt } from './deliveries/record-attempts.ts';
export type { OutgoingSettings, OutgoingWebhook } from './outgoing-rows.ts';
export type { FollowedWebhook } from './outgoing-state.ts';
export type { ListedOutgoing } from './outgoing-webhooks.ts';
