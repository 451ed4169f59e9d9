import type { PostbackStatus } from '../../core/updates/postback.ts';
import type { Tags } from '../../core/values/tags.ts';
import type { Db } from '../database/connections/db.ts';

/** Data about a caller that was received before the call, and is still good. */
export type CallData = {
  postback_id: string;
  webhook_id: string;
  /** instants */
  received_at: string;
  expires_at: string;
  status: PostbackStatus;
  call_log_id: string | null;
  tags: Tags;
};

const itemsMax = 500;
const columns = `p.postback_id, p.webhook_id, p.received_at, p.expires_at, p.status, p.call_log_id,
  coalesce(p.update->'add', '{}') as tags`;
const isGood = `p.account_id = $1 and p.phone_number = $2 and p.expires_at > $3 and not p.is_dry_run
  and exists (select from incoming_webhook w
    where w.account_id = $1 and w.webhook_id = p.webhook_id and w.type = 'call_data')`;

/**
 * What waits for a call of the number, and what a call of it got; the latest ones, oldest first. Along
 * postback_waiting_for_number, and along call_by_phone and postback_of_call.
 */
const readCallData = `
select * from (
  (select ${columns} from postback p where ${isGood} and p.status = 'waiting')
  union all
  (select ${columns}
   from call c join postback p on p.account_id = $1 and p.call_log_id = c.call_log_id
   where c.account_id = $1 and c.phone_number = $2 and c.started_at > $3::timestamptz - interval '8 days'
     and ${isGood} and p.status in ('queued', 'applied', 'unchanged'))
  order by postback_id desc limit ${itemsMax}
) as data order by postback_id`;

export async function listCallData(
  { pool }: Db,
  accountId: string,
  phoneNumber: string,
  now: string,
): Promise<CallData[]> {
  const { rows } = await pool.query<CallData>(readCallData, [accountId, phoneNumber, now]);
  return rows;
}
