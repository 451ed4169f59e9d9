/** An event of the timeline, whether a webhook got it or not. */
import { callJsonOf } from '../../../core/calls/call-json.ts';
import { type EventJson, eventsOf } from '../../../core/outgoing/events/event.ts';
import type { EventType } from '../../../core/outgoing/events/event-type.ts';
import { readCall } from '../../calls/calls.ts';
import type { Db } from '../../database/connections/db.ts';
import { findDelivered } from '../deliveries/deliveries.ts';
import { readCallRows, readRow } from './timeline-rows.ts';

/** Which event is meant: one of a row of the timeline, or the newest one of a call. */
export type PastEvent = { rowId: string } | { callLogId: string };

/**
 * As the webhook got it; where it did not, with the call as it is now.
 * @param types the first that the row or the call has is taken
 */
export async function findPastEvent(
  { pool }: Db,
  accountId: string,
  asked: PastEvent,
  types: EventType[],
  webhookId: string | null,
): Promise<EventJson | null> {
  const rows =
    'rowId' in asked
      ? await readRow(pool, accountId, asked.rowId)
      : await readCallRows(pool, accountId, asked.callLogId);
  for (const row of rows) {
    const events = eventsOf(row);
    const event = types
      .map((wanted) => events.find(({ type }) => type === wanted))
      .find((one) => one !== undefined);
    if (event === undefined) continue;
    const delivered = webhookId === null ? null : await findDelivered(pool, accountId, webhookId, event.id);
    if (delivered !== null) return delivered;
    const call = event.callLogId === null ? null : await readCall(pool, accountId, event.callLogId);
    const { callLogId: _callLogId, id, type, at, ...rest } = event;
    const sequence = event.callLogId === null ? null : 1;
    return { id, type, at, sequence, call: call === null ? null : callJsonOf(call), ...rest };
  }
  return null;
}
