import type { EventJson } from './event.ts';

const sentences: Record<EventJson['type'], string> = {
  'call.created': 'Call created',
  'call.completed': 'Call completed',
  'call.converted': 'Call converted',
  'call.conversion_removed': 'Conversion removed',
  'call.revenue_changed': 'Revenue changed',
  'call.payout_changed': 'Payout changed',
  'call.payout_held': 'Payout held',
  'call.payout_released': 'Payout released',
  'call.changed': 'Call changed',
  'postback.rejected': 'Postback rejected',
  'postback.expired': 'Postback expired',
  'webhook.disabled': 'Outgoing webhook disabled',
  'attention.raised': 'Needs attention',
  'attention.cleared': 'No longer needs attention',
};
const changesMax = 8;

/** One line for people, such as `Call converted: CA123 · Roofing · converted: false → true`. */
export function summaryOf(event: EventJson): string {
  const { call, changes, postback, webhook, attention } = event;
  const parts = [call?.['call_log_id'], call?.['campaign'], call?.['buyer']].map(textOf);
  if (postback !== undefined) parts.push(textOf(postback.webhook_name), textOf(postback.detail));
  if (webhook !== undefined) parts.push(webhook.name, webhook.reason);
  if (attention !== undefined) {
    const { kind, webhook_name: webhookName, name, code } = attention;
    parts.push(...[kind, webhookName, name, code].map((part) => textOf(part).replaceAll('_', ' ')));
  }
  for (const [name, { from, to }] of Object.entries(changes).slice(0, changesMax)) {
    parts.push(`${name}: ${textOf(from) || 'none'} → ${textOf(to) || 'none'}`);
  }
  return `${sentences[event.type]}: ${parts.filter((part) => part !== '').join(' · ')}`;
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}
