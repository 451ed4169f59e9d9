import type { DeliveryStatus } from '../../../api/webhooks/deliveries.ts';

export const statusSentences: Record<DeliveryStatus, string> = {
  pending: 'It is not delivered yet.',
  delivered: 'The receiver took it.',
  failed: 'The receiver did not take it in any attempt.',
  skipped: 'A value of the template was missing, so nothing was sent.',
  superseded: 'A newer event of the call was sent instead.',
  discarded: 'It was discarded when the webhook was resumed or deleted.',
};

export const deliveryStatuses = (
  ['pending', 'delivered', 'failed', 'skipped', 'superseded', 'discarded'] as const satisfies DeliveryStatus[]
).map((status) => ({ value: status, label: status.charAt(0).toUpperCase() + status.slice(1) }));

export function isDeliveryStatus(status: string | undefined): status is DeliveryStatus {
  return status !== undefined && Object.hasOwn(statusSentences, status);
}
