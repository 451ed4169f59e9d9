import type { Call, CallState, Changes } from '../core/call.ts';
import type { PostbackStatus } from '../core/postback.ts';
import { type CallRow, callColumns, callOf } from './columns.ts';
import type { Db, Queryable } from './db.ts';
import { type Page, pageOf } from './page.ts';
import { Where } from './where.ts';

/** What a list of calls may be narrowed to. Texts are compared whole; `from` and `to` are instants of the start. */
export type CallFilter = Partial<{
  state: CallState;
  phoneNumber: string;
  converted: boolean;
  held: boolean;
  campaign: string;
  publisher: string;
  buyer: string;
  tag: { key: string; value: string | null };
  from: string;
  to: string;
  /** the beginning of a call id, or a whole number, campaign, publisher or buyer */
  search: { text: string; phoneNumber: string | null };
}>;

export type CallCursor = { startedAt: string; callLogId: string };

export async function readCall(
  client: Queryable,
  accountId: string,
  callLogId: string,
): Promise<Call | null> {
  const { rows } = await client.query<CallRow>(
    `select ${callColumns} from call c where c.account_id = $1 and c.call_log_id = $2`,
    [accountId, callLogId],
  );
  return rows[0] === undefined ? null : callOf(rows[0]);
}

/** Latest start first, along call_by_start or the index of the narrowest filter. */
export async function listCalls(
  { pool }: Db,
  accountId: string,
  filter: CallFilter,
  limit: number,
  after: CallCursor | null,
): Promise<{ items: Call[]; cursor: CallCursor | null }> {
  const where = whereOf(accountId, filter);
  if (after !== null) {
    where.add(
      (p) => `(c.started_at, c.call_log_id) < (${p(after.startedAt)}::timestamptz, ${p(after.callLogId)})`,
    );
  }
  const { rows } = await pool.query<CallRow>(
    `select ${callColumns} from call c where ${where.text}
     order by c.started_at desc, c.call_log_id desc limit ${limit + 1}`,
    where.values,
  );
  const items = rows.slice(0, limit).map(callOf);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    items,
    cursor: last === undefined ? null : { startedAt: String(last.started_at), callLogId: last.call_log_id },
  };
}

function whereOf(accountId: string, filter: CallFilter): Where {
  const where = new Where('c.account_id', accountId);
  where.equal('c.state', filter.state);
  where.equal('c.phone_number', filter.phoneNumber);
  where.equal('c.campaign', filter.campaign);
  where.equal('c.publisher', filter.publisher);
  where.equal('c.buyer', filter.buyer);
  const { converted, held, tag, from, to, search } = filter;
  if (converted !== undefined) where.add(() => (converted ? 'c.converted' : 'not c.converted'));
  if (held !== undefined) where.add(() => `c.no_payout_reason is ${held ? 'not null' : 'null'}`);
  if (tag?.value === null) where.add((p) => `c.tags ? ${p(tag.key)}`);
  else if (tag !== undefined)
    where.add((p) => `c.tags @> ${p(JSON.stringify({ [tag.key]: tag.value }))}::jsonb`);
  if (from !== undefined) where.add((p) => `c.started_at >= ${p(from)}`);
  if (to !== undefined) where.add((p) => `c.started_at <= ${p(to)}`);
  if (search !== undefined) {
    where.add((p) => {
      const text = p(search.text);
      const phone = p(search.phoneNumber ?? search.text);
      return `(c.call_log_id ^@ ${text} or c.phone_number = ${phone} or c.tracking_number = ${phone}
        or c.campaign = ${text} or c.publisher = ${text} or c.buyer = ${text})`;
    });
  }
  return where;
}

/** One thing that happened to a call. */
export type TimelineItem = {
  id: string;
  /** instant */
  at: string;
  kind: 'created' | 'completed' | 'changed' | 'postback';
  by: string;
  changes: Changes;
  postbackId: string | null;
  status: PostbackStatus | null;
  code: string | null;
  /** instant */
  appliedAt: string | null;
};

/** Events and postbacks of one call by their ids, which are in order of time; along their indexes by call. */
const readTimeline = `
select * from (
  (select event_id as id, at, kind, by, changes, null::uuid as postback_id, null as status, null as code,
    null::timestamptz as applied_at
   from call_event where account_id = $1 and call_log_id = $2 and ($3::uuid is null or event_id > $3)
   order by event_id limit $4)
  union all
  (select p.postback_id, p.received_at, case when p.webhook_id is null then 'changed' else 'postback' end,
    coalesce(p.changed_by, w.name, ''), p.changes, p.postback_id, p.status, p.code, p.applied_at
   from postback p
   left join incoming_webhook w on w.account_id = p.account_id and w.webhook_id = p.webhook_id
   where p.account_id = $1 and p.call_log_id = $2 and not p.is_dry_run and ($3::uuid is null or p.postback_id > $3)
   order by p.postback_id limit $4)
) as items order by id limit $4`;

type TimelineRow = {
  id: string;
  at: string;
  kind: TimelineItem['kind'];
  by: string;
  changes: Changes | null;
  postback_id: string | null;
  status: PostbackStatus | null;
  code: string | null;
  applied_at: string | null;
};

/** Oldest first. @param after the id that the page before ended with */
export async function listTimeline(
  { pool }: Db,
  accountId: string,
  callLogId: string,
  limit: number,
  after: string | null,
): Promise<Page<TimelineItem>> {
  const { rows } = await pool.query<TimelineRow>(readTimeline, [accountId, callLogId, after, limit + 1]);
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
  };
}
