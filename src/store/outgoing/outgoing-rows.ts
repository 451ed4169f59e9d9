/** An outgoing webhook as its row, as its owner sees it, and as the sender needs it. */
import type { EventFilter } from '../../core/outgoing/events/event-filter.ts';
import type { EventType } from '../../core/outgoing/events/event-type.ts';
import type { RequestSettings } from '../../core/outgoing/requests/request-settings.ts';

type DeliveryOrder = 'per_call' | 'newest';
export type PausedReason = 'by_hand' | 'gone' | 'failing';

export type OutgoingSettings = RequestSettings & {
  name: string;
  events: EventType[];
  filter: EventFilter;
  order: DeliveryOrder;
  maxPerMinute: number | null;
  preset: string | null;
};

export type OutgoingWebhook = OutgoingSettings & {
  webhookId: string;
  isPaused: boolean;
  pausedReason: PausedReason | null;
  /** instants */
  pausedAt: string | null;
  failingSince: string | null;
  createdAt: string;
  updatedAt: string;
};

export type OutgoingRow = {
  webhook_id: string;
  name: string;
  url: string;
  method: RequestSettings['method'];
  events: EventType[];
  filter: EventFilter;
  format: RequestSettings['format'];
  headers: Record<string, string>;
  body: string | null;
  empty: RequestSettings['empty'];
  order: DeliveryOrder;
  max_per_minute: number | null;
  preset: string | null;
  is_paused: boolean;
  paused_reason: PausedReason | null;
  paused_at: string | null;
  failing_since: string | null;
  created_at: string;
  updated_at: string;
};

/** From a table or alias `w`; its secrets are not among them. */
export const outgoingColumns = `w.webhook_id, w.name, w.url, w.method, w.events, w.filter, w.format, w.headers, w.body,
  w.empty, w."order", w.max_per_minute, w.preset, w.is_paused, w.paused_reason, w.paused_at, w.failing_since,
  w.created_at, w.updated_at`;

export function outgoingOf(row: OutgoingRow): OutgoingWebhook {
  return {
    webhookId: row.webhook_id,
    name: row.name,
    url: row.url,
    method: row.method,
    events: row.events,
    filter: row.filter,
    format: row.format,
    headers: row.headers,
    body: row.body,
    empty: row.empty,
    order: row.order,
    maxPerMinute: row.max_per_minute,
    preset: row.preset,
    isPaused: row.is_paused,
    pausedReason: row.paused_reason,
    pausedAt: row.paused_at,
    failingSince: row.failing_since,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** What the audit log shows of it. Values of headers may be secrets: only their names are shown. */
export function auditedOutgoingOf(row: OutgoingRow): Record<string, unknown> {
  const { webhook_id: _id, created_at: _made, updated_at: _changed, failing_since: _since, ...shown } = row;
  const { is_paused: paused, paused_at: _at, headers, ...settings } = shown;
  return { ...settings, headers: Object.keys(headers), paused };
}
