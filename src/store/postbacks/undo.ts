import type { WebhookType } from '../../core/updates/fields/webhook-type.ts';
import type { PostbackStatus } from '../../core/updates/postback.ts';
import { type Actor, type AuditChanges, recordAct } from '../access/audit.ts';
import { type Db, inTransaction } from '../database/connections/db.ts';
import { firstIdAt } from '../database/statements/first-id.ts';
import { Where } from '../database/statements/where.ts';

/** What an undo needs of the postback that it undoes. */
export type UndoTarget = {
  postbackId: string;
  webhookId: string;
  webhookName: string;
  webhookType: WebhookType;
  status: PostbackStatus;
  callLogId: string | null;
  isDryRun: boolean;
  isUndo: boolean;
  isUndone: boolean;
};

const selectTarget = `select p.postback_id as "postbackId", p.webhook_id as "webhookId", w.name as "webhookName", w.type as "webhookType",
  p.status, p.call_log_id as "callLogId", p.is_dry_run as "isDryRun",
  p.undo_of is not null and p.correction = 0 as "isUndo",
  exists (select from postback u where u.account_id = $1 and u.undo_of = p.postback_id
    and u.first_status <> 'rejected' and not u.is_dry_run) as "isUndone"
  from postback p join incoming_webhook w on w.account_id = $1 and w.webhook_id = p.webhook_id
  where p.account_id = $1`;

/** Null for changes by hand, too: they came through no webhook. */
export async function findUndoTarget(
  { pool }: Db,
  accountId: string,
  postbackId: string,
): Promise<UndoTarget | null> {
  const { rows } = await pool.query<UndoTarget>(`${selectTarget} and p.postback_id = $2`, [
    accountId,
    postbackId,
  ]);
  return rows[0] ?? null;
}

/** Which postbacks of a webhook are to be undone: all of a period, or all of a batch or import. */
export type UndoScope = { webhookId: string } & (
  | { batchId: string }
  /** milliseconds since 1970; the first moment, and the first one after the period */
  | { fromMs: number; toMs: number }
);

/**
 * Postbacks that can be undone and are not yet, newest first.
 * @param of an id that they come before, or the calls that they are of
 */
export async function listUndoTargets(
  { pool }: Db,
  accountId: string,
  scope: UndoScope,
  of: { before: string | null; limit: number } | { callLogIds: string[] },
): Promise<UndoTarget[]> {
  const where = new Where('p.account_id', accountId);
  where.equal('p.webhook_id', scope.webhookId);
  if ('batchId' in scope) where.equal('p.batch_id', scope.batchId);
  else {
    where.add((p) => `p.postback_id >= ${p(firstIdAt(scope.fromMs))}`);
    where.add((p) => `p.postback_id < ${p(firstIdAt(scope.toMs))}`);
  }
  where.add(() => `p.status in ('applied', 'unchanged', 'queued', 'waiting') and not p.is_dry_run`);
  where.add(() => `w.type <> 'calls' and (p.undo_of is null or p.correction > 0)`);
  where.add(
    () => `not exists (select from postback u where u.account_id = $1 and u.undo_of = p.postback_id
      and u.first_status <> 'rejected' and not u.is_dry_run)`,
  );
  if ('callLogIds' in of) {
    // One call at a time: for many at once the planner would walk all of the scope.
    const { callLogIds } = of;
    where.add(() => 'p.call_log_id = n.id');
    const { rows } = await pool.query<UndoTarget>(
      `select t.* from unnest($${where.values.push(callLogIds)}::text[]) as n(id) cross join lateral (
         ${selectTarget} and ${where.text} order by p.postback_id desc) t
       order by t."postbackId" desc`,
      where.values,
    );
    return rows;
  }
  const { before, limit } = of;
  if (before !== null) where.add((p) => `p.postback_id < ${p(before)}`);
  const { rows } = await pool.query<UndoTarget>(
    `${selectTarget} and ${where.text} order by p.postback_id desc limit ${limit}`,
    where.values,
  );
  return rows;
}

/** Records in the audit log who has a webhook's postbacks undone, and which. */
export async function recordUndo(
  { pool }: Db,
  accountId: string,
  { webhookId, ...scope }: UndoScope,
  webhookName: string,
  actor: Actor,
  now: string,
): Promise<void> {
  const target = { id: webhookId, name: webhookName };
  const changes: AuditChanges =
    'batchId' in scope
      ? { batch_id: { from: null, to: scope.batchId } }
      : {
          from: { from: null, to: new Date(scope.fromMs).toISOString() },
          to: { from: null, to: new Date(scope.toMs).toISOString() },
        };
  const act = { accountId, actor, action: 'webhook.postbacks_undone' as const, target, changes };
  await inTransaction(pool, (client) => recordAct(client, act, now));
}
