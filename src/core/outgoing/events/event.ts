/** Events, derived from what was committed: one row of the timeline gives each type at most once. */
import type { Changes } from '../../calls/call.ts';
import { type EventType, eventTypes } from './event-type.ts';

type CausedBy = { postback_id: string } | { user: string } | { undo_of: string };

/** The body of a delivery, and what templates read. Members are those of the wire. */
export type EventJson = {
  id: string;
  type: EventType;
  /** instant */
  at: string;
  /** counts the events of a call that a webhook gets; null where there is no call */
  sequence: number | null;
  /** the call after the event, as the API shows it; null where the event is not about a call */
  call: Record<string, unknown> | null;
  changes: Changes;
  caused_by: CausedBy;
  /** of `postback.*` */
  postback?: { status: string; code: string | null; detail: string | null; webhook_name: string | null };
  /** of `webhook.disabled` */
  webhook?: { id: string; name: string; reason: string };
  /** of `attention.*`: an item of the overview */
  attention?: Record<string, unknown>;
};

/** A committed row of the timeline, as far as events need it. */
export type TimelineRow = {
  source: 'call_event' | 'postback';
  id: string;
  callLogId: string | null;
  /** instant */
  at: string;
  /** of a call event: created, completed or changed; of a postback: its status */
  kind: string;
  changes: Changes;
  /** who, where it was no postback */
  by: string | null;
  undoOf: string | null;
  code: string | null;
  detail: string | null;
  webhookName: string | null;
  /** how often a postback went to another call: what it does there is a separate event */
  moves: number;
};

/** An event before it is known which webhooks get it. */
export type TimelineEvent = Omit<EventJson, 'sequence' | 'call'> & { callLogId: string | null };

/** The events of one row; none where it says nothing that can be subscribed to. */
export function eventsOf(row: TimelineRow): TimelineEvent[] {
  return typesOf(row).map((type) => ({
    id: eventIdOf(row, type),
    type,
    at: row.at,
    changes: row.changes,
    caused_by: causeOf(row),
    callLogId: row.callLogId,
    ...(type.startsWith('postback.') && {
      postback: { status: row.kind, code: row.code, detail: row.detail, webhook_name: row.webhookName },
    }),
  }));
}

/** The same in every attempt, replay and process: receivers deduplicate by it. */
function eventIdOf({ id, moves }: TimelineRow, type: EventType): string {
  const move = moves === 0 ? '' : `_${moves}`;
  return `evt_${id.replaceAll('-', '')}${move}_${type.slice(type.indexOf('.') + 1)}`;
}

/** The row and type of an event id; null for anything else. */
export function parseEventId(text: string): { rowId: string; type: EventType } | null {
  const [, hex = '', suffix = ''] = /^evt_([0-9a-f]{32})(?:_\d+)?_([a-z_]+)$/.exec(text) ?? [];
  const type = eventTypes.find((one) => one.slice(one.indexOf('.') + 1) === suffix);
  if (type === undefined) return null;
  return { rowId: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'), type };
}

function causeOf({ source, id, by, undoOf }: TimelineRow): CausedBy {
  if (undoOf !== null) return { undo_of: undoOf };
  return source === 'postback' && by === null ? { postback_id: id } : { user: by ?? '' };
}

function typesOf({ source, kind, changes }: TimelineRow): EventType[] {
  if (kind === 'rejected') return ['postback.rejected'];
  if (kind === 'expired') return ['postback.expired'];
  const types: EventType[] = [];
  if (source === 'call_event' && kind === 'created') types.push('call.created');
  if (source === 'call_event' && kind === 'completed') types.push('call.completed');
  const {
    converted,
    revenue_paid_out: revenue,
    publisher_paid_out: payout,
    no_payout_reason: hold,
  } = changes;
  if (converted?.to === true) types.push('call.converted');
  if (converted?.from === true) types.push('call.conversion_removed');
  if (revenue !== undefined) types.push('call.revenue_changed');
  if (payout !== undefined) types.push('call.payout_changed');
  if (hold !== undefined && hold.from === null) types.push('call.payout_held');
  if (hold !== undefined && hold.to === null) types.push('call.payout_released');
  if (types.length > 0 || Object.keys(changes).length > 0) types.push('call.changed');
  return types;
}
