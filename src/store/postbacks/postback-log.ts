import type { Changes } from '../../core/calls/call.ts';
import type { ChangedSince } from '../../core/updates/fold/undo.ts';
import { unmatchedCodes } from '../../core/updates/fold/wait.ts';
import {
  ignoredOutcome,
  type MatchedBy,
  type Outcome,
  type PostbackStatus,
} from '../../core/updates/postback.ts';
import type { RejectionCode } from '../../core/updates/rejection.ts';
import type { UpdateJson } from '../../core/updates/update.ts';
import type { Fault } from '../../core/values/fault.ts';
import type { Db } from '../database/connections/db.ts';
import { firstIdAt } from '../database/statements/first-id.ts';
import { type Page, pageOf } from '../database/statements/page.ts';
import { Where } from '../database/statements/where.ts';
import { outcomeOf } from '../writer/prior-postbacks.ts';

type LoggedRow = {
  postback_id: string;
  /** null: a request whose key is of no webhook */
  webhook_id: string | null;
  webhook_name: string | null;
  /** instants */
  received_at: string;
  applied_at: string | null;
  /** of a postback that waits or waited for its call */
  expires_at: string | null;
  status: PostbackStatus;
  code: RejectionCode | null;
  detail: string | null;
  call_log_id: string | null;
  phone_number: string | null;
  matched_by: MatchedBy | null;
  candidates: number | null;
  transaction_id: string | null;
  /** of a batch or an import */
  batch_id: string | null;
  is_dry_run: boolean;
  source_ip: string;
  /** how often a rejected request came, and when it came last */
  times_received: number;
  last_received_at: string | null;
  request: unknown;
  update: UpdateJson;
  changes: Changes | null;
  errors: Fault[] | null;
  ignored: string[] | null;
  kept: string[] | null;
  /** the postback that this one undoes, and what it left unchanged */
  undo_of: string | null;
  changed_since: ChangedSince[] | null;
  /** the postback that has undone this one */
  undone_by: string | null;
  /** the rejected postback that this one repeats, and who had it repeated */
  replay_of: string | null;
  replayed_by: string | null;
  /** what the newest replay of a rejected postback that was not rejected has become */
  replayed_as: PostbackStatus | null;
  attached_by: string | null;
  dismissed_by: string | null;
  /** instant */
  dismissed_at: string | null;
  dismiss_reason: string | null;
};

/** A postback of the log, with the outcome that its sender was answered with. */
export type LoggedPostback = LoggedRow & { answered: Outcome };

type AnsweredRow = LoggedRow & {
  first_status: PostbackStatus;
  call_log_ids: string[] | null;
  was_kept: boolean;
};

/** What the log may be narrowed to; `from` and `to` are instants of receipt. */
export type PostbackFilter = Partial<{
  webhookId: string;
  status: PostbackStatus;
  /** of those without a call, the ones that are neither attached, replayed nor dismissed */
  isOpen: boolean;
  /** false: without the dry runs of replays, attachments and undos */
  hasPreviews: boolean;
  code: string;
  callLogId: string;
  transactionId: string;
  replayOf: string;
  batchId: string;
  from: string;
  to: string;
}>;

/** The name is looked up for each row of the page: a join could be planned from the webhooks, and read the whole log. */
const columns = `p.postback_id, p.webhook_id,
  (select w.name from incoming_webhook w where w.account_id = $1 and w.webhook_id = p.webhook_id) as webhook_name,
  p.received_at, p.applied_at, p.expires_at, p.status, p.code,
  p.detail, p.call_log_id, p.phone_number, p.matched_by, p.candidates, p.transaction_id, p.batch_id, p.is_dry_run, p.source_ip,
  p.times_received, p.last_received_at,
  p.request, p.update, p.changes, p.errors, p.ignored, p.kept, p.undo_of, p.changed_since,
  (select u.postback_id from postback u where u.account_id = $1 and u.undo_of = p.postback_id
    and u.first_status <> 'rejected' and not u.is_dry_run) as undone_by,
  case when p.status = 'rejected' then (select r.status from postback r where r.account_id = $1
    and r.replay_of = p.postback_id and r.status <> 'rejected' and not r.is_dry_run
    order by r.postback_id desc limit 1) end as replayed_as,
  p.replay_of, p.attached_by, p.dismissed_by, p.dismissed_at, p.dismiss_reason,
  case when p.replay_of is not null then p.changed_by end as replayed_by,
  p.first_status, p.call_log_ids, p.replayed_at is not null as was_kept`;

/** A change by hand came through no webhook; nor did a request whose key is of none, which the log shows. */
const isRequest = `(p.webhook_id is not null or p.code = 'invalid_auth_key')`;

/** Newest first. @param before the id that the page before ended with */
export async function listPostbacks(
  { pool }: Db,
  accountId: string,
  filter: PostbackFilter,
  limit: number,
  before: string | null,
): Promise<Page<LoggedPostback>> {
  const where = new Where('p.account_id', accountId);
  where.add(() => isRequest);
  where.equal('p.webhook_id', filter.webhookId);
  where.equal('p.status', filter.status);
  if (filter.hasPreviews === false)
    where.add(() => 'not (p.is_dry_run and (p.replay_of is not null or p.undo_of is not null))');
  if (filter.status === 'waiting') where.add(() => 'not p.is_dry_run'); // a dry run waits for nothing
  where.equal('p.code', filter.code);
  where.equal('p.call_log_id', filter.callLogId);
  where.equal('p.replay_of', filter.replayOf);
  where.equal('p.batch_id', filter.batchId);
  const { transactionId, from, to } = filter;
  if (transactionId !== undefined) where.add((p) => ofTransaction(p(transactionId)));
  // Ids are in order of receipt: the primary key serves the time window too.
  if (from !== undefined) where.add((p) => `p.postback_id >= ${p(firstIdAt(from))}`);
  if (to !== undefined) where.add((p) => `p.postback_id < ${p(firstIdAt(Date.parse(to) + 1))}`);
  if (before !== null) where.add((p) => `p.postback_id < ${p(before)}`);
  const rowsMax = limit + 1;
  const source = filter.isOpen === true ? openOnly(where, rowsMax) : 'postback';
  const { rows } = await pool.query<AnsweredRow>(
    `select ${columns} from ${source} p where ${where.text} order by p.postback_id desc limit ${rowsMax}`,
    where.values,
  );
  return pageOf(rows.map(withAnswer), limit, (postback) => postback.postback_id);
}

export async function findPostback(
  { pool }: Db,
  accountId: string,
  postbackId: string,
): Promise<LoggedPostback | null> {
  const { rows } = await pool.query<AnsweredRow>(
    `select ${columns} from postback p
     where p.account_id = $1 and p.postback_id = $2 and ${isRequest}`,
    [accountId, postbackId],
  );
  return rows[0] === undefined ? null : withAnswer(rows[0]);
}

function withAnswer({ first_status, call_log_ids, was_kept: wasKept, ...row }: AnsweredRow): LoggedPostback {
  // Its sender was answered before it was read again.
  if (wasKept) return { ...row, answered: { ...ignoredOutcome(row.postback_id), status: 'kept' } };
  return { ...row, answered: outcomeOf({ ...row, first_status, call_log_ids }) };
}

/**
 * Postbacks without a call that a person may still attach or dismiss: of each code and of those that wait, no more than
 * a page; along postback_by_code, postback_not_applied and postback_replays.
 */
function openOnly(where: Where, rowsMax: number): string {
  const conditions = where.text;
  where.values.push(unmatchedCodes);
  const codes = `$${where.values.length}::text[]`;
  const newest = `order by p.postback_id desc limit ${rowsMax}`;
  return `(
    select found.* from unnest(${codes}) as k(code) cross join lateral (
      select p.* from postback p
      where ${conditions} and p.code = k.code and p.status in ('rejected', 'expired')
        and not p.is_dry_run and p.dismissed_at is null and p.replay_of is null
        and not exists (select from postback r where r.account_id = $1 and r.replay_of = p.postback_id
          and r.status <> 'rejected' and not r.is_dry_run)
      ${newest}
    ) as found
    union all
    (select p.* from postback p where ${conditions} and p.status = 'waiting' and not p.is_dry_run ${newest}))`;
}

/** Spelled so that each half has an index: the ids in use, and those that rejections did not use up. */
function ofTransaction(id: string): string {
  const isPrior = `p.first_status <> 'rejected' and not p.is_dry_run`;
  const isNotPrior = `(p.first_status = 'rejected' or p.is_dry_run)`;
  return `((p.transaction_id = ${id} and ${isPrior}) or (p.transaction_id = ${id} and ${isNotPrior}))`;
}
