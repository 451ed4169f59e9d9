import type { PostbackStatus } from '../../core/updates/postback.ts';
import type { WebhookType } from '../../core/updates/webhook-type.ts';
import type { Db } from '../database/db.ts';

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

const columns = `p.postback_id as "postbackId", p.webhook_id as "webhookId", w.name as "webhookName", w.type as "webhookType",
  p.status, p.call_log_id as "callLogId", p.is_dry_run as "isDryRun",
  p.undo_of is not null and p.correction = 0 as "isUndo",
  exists (select from postback u where u.account_id = p.account_id and u.undo_of = p.postback_id
    and u.first_status <> 'rejected' and not u.is_dry_run) as "isUndone"`;

/** Null for changes by hand, too: they came through no webhook. */
export async function findUndoTarget(
  { pool }: Db,
  accountId: string,
  postbackId: string,
): Promise<UndoTarget | null> {
  const { rows } = await pool.query<UndoTarget>(
    `select ${columns} from postback p
     join incoming_webhook w on w.account_id = p.account_id and w.webhook_id = p.webhook_id
     where p.account_id = $1 and p.postback_id = $2`,
    [accountId, postbackId],
  );
  return rows[0] ?? null;
}
