/** What an outgoing webhook may subscribe to (docs/outgoing.md). */
export const eventTypes = [
  'call.created',
  'call.completed',
  'call.converted',
  'call.conversion_removed',
  'call.revenue_changed',
  'call.payout_changed',
  'call.payout_held',
  'call.payout_released',
  'call.changed',
  'postback.rejected',
  'postback.expired',
  'webhook.disabled',
  'attention.raised',
  'attention.cleared',
] as const;
export type EventType = (typeof eventTypes)[number];
