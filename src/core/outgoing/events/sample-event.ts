import type { EventJson } from './event.ts';
import type { EventType } from './event-type.ts';

const startedAt = '2026-11-23T10:00:00.000Z';
const endedAt = '2026-11-23T10:03:05.000Z';

const sampleCall = {
  ...{ call_log_id: 'CA-TEST', state: 'completed', phone_number: '+12135550142', started_at: startedAt },
  ...{
    answered_at: '2026-11-23T10:00:05.000Z',
    ended_at: endedAt,
    duration_seconds: 185,
    connected_seconds: 180,
  },
  ...{ direction: 'inbound', end_status: 'completed', tracking_number: '+18005550199', recording_url: null },
  ...{ campaign: 'Roofing', publisher: 'Acme Media', buyer: 'Best Roofs', caller_withheld: false },
  ...{ converted: true, call_converted_at: endedAt, revenue_paid_out: '120.50', publisher_paid_out: '80.00' },
  ...{ reason: 'sold', no_payout_reason: null, payout_status: 'owed' },
  ...{ tags: { clickid: 'test-click', gclid: 'test-gclid', fbclid: 'test-fbclid' }, queued_updates: 0 },
  ...{ created_at: startedAt, updated_at: endedAt },
};

/** A sample event of a call that does not exist, for tests and previews. */
export function sampleEvent(type: EventType, id: string, at: string): EventJson {
  const isOfCall = type.startsWith('call.');
  return {
    ...{ id, type, at, sequence: isOfCall ? 1 : null, call: isOfCall ? sampleCall : null },
    changes: isOfCall
      ? { converted: { from: false, to: true }, revenue_paid_out: { from: null, to: '120.50' } }
      : {},
    caused_by: { user: 'Ringback' },
    ...(type.startsWith('postback.') && {
      postback: { status: 'rejected', code: 'call_not_found', detail: 'A test.', webhook_name: 'Test' },
    }),
    ...(type === 'webhook.disabled' && { webhook: { id: '', name: 'Test', reason: 'A test.' } }),
    ...(type.startsWith('attention.') && { attention: { kind: 'silent_webhook', webhook_name: 'Test' } }),
  };
}
