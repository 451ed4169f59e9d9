/** The rows of an account's timeline that were committed since the last pass: every one, once. */
import type { Changes } from '../../../core/calls/call.ts';
import type { TimelineRow } from '../../../core/outgoing/events/event.ts';
import type { Queryable } from '../../database/connections/db.ts';
import { firstIdAt } from '../../database/statements/first-id.ts';

/** Up to where a pass has read. `snapshot` is null where it is of another database cluster: `safeAt` alone decides. */
export type Horizon = { snapshot: string | null; safeAt: string };

/** A row whose id and `written_at` differ by more is found by a separate index; see migration 0014. */
const displacedMs = 2_000;
/** Between the clock being read for a row and its transaction becoming visible in snapshots. */
const slackMs = 2_000;
const chunkRows = 5_000;

/**
 * A row is new where the snapshot of the last pass did not see the transaction that wrote it: that holds whatever the
 * order of ids and commits is. `xmin` has 32 bits and gets those above from the newest transaction.
 */
const isNew = `($4::pg_snapshot is null or not pg_visible_in_snapshot(
  (x.newest - ((x.newest - r.xmin::text::bigint) & 4294967295))::text::xid8, $4::pg_snapshot))`;
/** Ids do not show the order if the clock of a server is ahead. */
const isRecent = '($4::pg_snapshot is not null or r.written_at >= $3)';
const newest = `(select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as newest) x`;
const displaced = (start: string) =>
  `(r.written_at - ${start} > interval '2 seconds' or r.written_at - ${start} < interval '-2 seconds')`;

const eventColumns = `'call_event' as source, 0 as place, r.event_id as id, r.call_log_id, r.at, r.kind, r.changes, r.by,
  null::uuid as undo_of, null as code, null as detail, null as webhook_name, 0 as moves, null::bigint as queue_position, r.written_at,
  r.xmin::text as tx`;
const postbackColumns = `'postback' as source, 1 as place, r.postback_id as id, r.call_log_id,
  coalesce(r.applied_at, r.received_at) as at, r.status as kind, r.changes,
  case when r.webhook_id is null then r.changed_by end as by,
  case when r.correction = 0 then r.undo_of end as undo_of, r.code, r.detail,
  w.name as webhook_name, r.moves, r.queue_position, r.written_at, r.xmin::text as tx`;
/** What a webhook of type `calls` recorded is there as a call event already. */
const ofPostbacks = `from postback r
  left join incoming_webhook w on w.account_id = $1 and w.webhook_id = r.webhook_id, ${newest}
  where r.account_id = $1 and not r.is_dry_run and ${isNew}
    and ((r.status = 'applied' and r.update -> 'event' is null)
      or (r.status in ('rejected', 'expired') and r.webhook_id is not null and r.undo_of is null
        and r.code is distinct from 'canceled'))`;

/**
 * Rows of one call are in the order of their transactions, which the lock of the call put in a row: each wrote
 * `written_at` while it held the lock. Within the transaction that completes a call, its event comes before the updates
 * that waited, in the order of the queue.
 */
const declareRows = `
declare timeline no scroll cursor for
select source, id, call_log_id, at, kind, changes, by, undo_of, code, detail, webhook_name, moves from (
  select ${eventColumns} from call_event r, ${newest}
    where r.account_id = $1 and r.event_id >= $2 and ${isRecent} and ${isNew}
  union all
  select ${eventColumns} from call_event r, ${newest}
    where r.account_id = $1 and r.event_id < $2 and r.written_at >= $3 and ${displaced('r.at')} and ${isNew}
  union all
  select ${postbackColumns} ${ofPostbacks} and r.postback_id >= $2 and ${isRecent}
  union all
  select ${postbackColumns} ${ofPostbacks} and r.postback_id < $2 and r.written_at >= $3
    and ${displaced('r.received_at')}
) as rows
order by min(written_at) over (partition by call_log_id, tx), tx, place, queue_position nulls first, written_at, id`;

type Row = {
  source: TimelineRow['source'];
  id: string;
  call_log_id: string | null;
  at: string;
  kind: string;
  changes: Changes | null;
  by: string | null;
  undo_of: string | null;
  code: string | null;
  detail: string | null;
  webhook_name: string | null;
  moves: number;
};

/** In chunks, which are read within the caller's transaction: it must be `repeatable read`. */
export async function* readNewRows(
  client: Queryable,
  accountId: string,
  { snapshot, safeAt }: Horizon,
): AsyncGenerator<TimelineRow[]> {
  const safeMs = Date.parse(safeAt) - slackMs;
  const values = [accountId, firstIdAt(safeMs - displacedMs), new Date(safeMs).toISOString(), snapshot];
  await client.query(declareRows, values);
  for (;;) {
    const { rows } = await client.query<Row>(`fetch ${chunkRows} from timeline`);
    if (rows.length > 0) yield rows.map(timelineRowOf);
    if (rows.length < chunkRows) break;
  }
  await client.query('close timeline');
}

/** Newest first. */
const callRowsMax = 200;
const listed = 'source, id, call_log_id, at, kind, changes, by, undo_of, code, detail, webhook_name, moves';
const selectRows = (condition: (id: string) => string) => `
select ${listed} from (
  select ${eventColumns} from call_event r where r.account_id = $1 and ${condition('r.event_id')}
  union all
  select ${postbackColumns} from postback r
  left join incoming_webhook w on w.account_id = $1 and w.webhook_id = r.webhook_id
  where r.account_id = $1 and not r.is_dry_run and ${condition('r.postback_id')}
) as rows order by id desc limit ${callRowsMax}`;

export async function readRow(client: Queryable, accountId: string, rowId: string): Promise<TimelineRow[]> {
  const { rows } = await client.query<Row>(
    selectRows((id) => `${id} = $2`),
    [accountId, rowId],
  );
  return rows.map(timelineRowOf);
}

export async function readCallRows(
  client: Queryable,
  accountId: string,
  callLogId: string,
): Promise<TimelineRow[]> {
  const { rows } = await client.query<Row>(
    selectRows(() => 'r.call_log_id = $2'),
    [accountId, callLogId],
  );
  return rows.map(timelineRowOf);
}

function timelineRowOf(row: Row): TimelineRow {
  return {
    source: row.source,
    id: row.id,
    callLogId: row.call_log_id,
    at: row.at,
    kind: row.kind,
    changes: row.changes ?? {},
    by: row.by,
    undoOf: row.undo_of,
    code: row.code,
    detail: row.detail,
    webhookName: row.webhook_name,
    moves: row.moves,
  };
}
