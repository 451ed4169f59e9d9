import type { Call, Changes } from '../../core/calls/call.ts';
import type { UpdateJson } from '../../core/updates/update.ts';
import type { Db, Queryable } from '../database/connections/db.ts';
import { type Page, pageOf } from '../database/statements/page.ts';
import { type CallRow, callColumns, callOf } from './call-columns.ts';
import { callIdByAnyId } from './other-ids.ts';

/** The call with this id, or with this as one of its other ids. */
export async function readCall(
  client: Queryable,
  accountId: string,
  callLogId: string,
): Promise<Call | null> {
  const { rows } = await client.query<CallRow>(
    `select ${callColumns} from call c where c.account_id = $1 and c.call_log_id = ${callIdByAnyId}`,
    [accountId, callLogId],
  );
  return rows[0] === undefined ? null : callOf(rows[0]);
}

/** One thing that happened to a call. */
export type TimelineItem = {
  id: string;
  /** instant */
  at: string;
  kind: 'created' | 'completed' | 'changed' | 'postback' | 'delivery';
  by: string;
  changes: Changes;
  postbackId: string | null;
  /** of a postback or a delivery */
  status: string | null;
  code: string | null;
  /** instant */
  appliedAt: string | null;
  /** of what is queued: what waits */
  update: UpdateJson | null;
  /** the rejected postback that this one repeats, and who had it repeated */
  replayOf: string | null;
  replayedBy: string | null;
  /** the postback that this one undoes, and the one that has undone it */
  undoOf: string | null;
  undoneBy: string | null;
  /** who named the call of a postback that found none, or dismissed it, and why */
  attachedBy: string | null;
  dismissedBy: string | null;
  dismissReason: string | null;
  /** of an event that an outgoing webhook got */
  delivery: { deliveryId: string; event: string; attempts: number } | null;
};

/** What a webhook of type `calls` recorded is on the timeline as a call event already. */
const isNoRecordedEvent = `(p.status not in ('created', 'applied', 'unchanged') or p.update -> 'event' is null)`;

/** Events, postbacks and deliveries of one call by their ids, which are in order of time; along their indexes by call. */
const readTimeline = timelineOf('>', '');
const readTimelineBackwards = timelineOf('<', 'desc');

function timelineOf(isAfter: '>' | '<', order: '' | 'desc'): string {
  return `
select * from (
  (select event_id as id, at, kind, by, changes, null::uuid as postback_id, null as status, null as code,
    null::timestamptz as applied_at, null::json as update, null::uuid as replay_of, null as replayed_by,
    null::uuid as undo_of, null::uuid as undone_by,
    null as attached_by, null as dismissed_by, null as dismiss_reason, null as event, null::integer as attempts
   from call_event where account_id = $1 and call_log_id = $2 and ($3::uuid is null or event_id ${isAfter} $3)
   order by event_id ${order} limit $4)
  union all
  (select p.postback_id, p.received_at, case when p.webhook_id is null then 'changed' else 'postback' end,
    coalesce(case when p.undo_of is not null then p.changed_by end, w.name, p.changed_by, ''), p.changes, p.postback_id, p.status, p.code, p.applied_at,
    case when p.status = 'queued' then p.update end, p.replay_of, case when p.replay_of is not null then p.changed_by end,
    p.undo_of, (select u.postback_id from postback u where u.account_id = $1 and u.undo_of = p.postback_id
      and u.first_status <> 'rejected' and not u.is_dry_run),
    p.attached_by, p.dismissed_by, p.dismiss_reason, null, null
   from postback p
   left join incoming_webhook w on w.account_id = $1 and w.webhook_id = p.webhook_id
   where p.account_id = $1 and p.call_log_id = $2 and not p.is_dry_run and ${isNoRecordedEvent} and ($3::uuid is null or p.postback_id ${isAfter} $3)
   order by p.postback_id ${order} limit $4)
  union all
  (select d.delivery_id, d.created_at, 'delivery', w.name, null, null, d.status, null, d.finished_at, null, null, null,
    null, null, null, null, null, d.event_type, jsonb_array_length(d.attempts)
   from delivery d join outgoing_webhook w on w.account_id = $1 and w.webhook_id = d.webhook_id
   where d.account_id = $1 and d.call_log_id = $2 and ($3::uuid is null or d.delivery_id ${isAfter} $3)
   order by d.delivery_id ${order} limit $4)
) as items order by id ${order} limit $4`;
}

type TimelineRow = {
  id: string;
  at: string;
  kind: TimelineItem['kind'];
  by: string;
  changes: Changes | null;
  postback_id: string | null;
  status: string | null;
  code: string | null;
  applied_at: string | null;
  update: UpdateJson | null;
  replay_of: string | null;
  replayed_by: string | null;
  undo_of: string | null;
  undone_by: string | null;
  attached_by: string | null;
  dismissed_by: string | null;
  dismiss_reason: string | null;
  event: string | null;
  attempts: number | null;
};

/** Oldest first, or newest. @param after the id that the page before ended with */
export async function listTimeline(
  { pool }: Db,
  accountId: string,
  callLogId: string,
  limit: number,
  after: string | null,
  isNewestFirst = false,
): Promise<Page<TimelineItem>> {
  const text = isNewestFirst ? readTimelineBackwards : readTimeline;
  const { rows } = await pool.query<TimelineRow>(text, [accountId, callLogId, after, limit + 1]);
  return pageOf(rows.map(timelineItemOf), limit, (item) => item.id);
}

function timelineItemOf(row: TimelineRow): TimelineItem {
  return {
    id: row.id,
    at: row.at,
    kind: row.kind,
    by: row.by,
    changes: row.changes ?? {},
    postbackId: row.postback_id,
    status: row.status,
    code: row.code,
    appliedAt: row.applied_at,
    update: row.update,
    replayOf: row.replay_of,
    replayedBy: row.replayed_by,
    undoOf: row.undo_of,
    undoneBy: row.undone_by,
    attachedBy: row.attached_by,
    dismissedBy: row.dismissed_by,
    dismissReason: row.dismiss_reason,
    delivery:
      row.event === null ? null : { deliveryId: row.id, event: row.event, attempts: row.attempts ?? 0 },
  };
}
