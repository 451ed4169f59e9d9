import type { Db } from '../database/connections/db.ts';

/** A row of the log whose request came again. */
export type RejectedRepeat = {
  accountId: string;
  webhookId: string;
  /** of the settings that the request was rejected with */
  revision: string;
  /** of the first request */
  postbackId: string;
};

/** Counts on the first row, while it exists and the settings that rejected it are current. */
const countOnRow = `
update postback p set times_received = p.times_received + $5, last_received_at = $6
from incoming_webhook w join account a on a.account_id = w.account_id
where p.account_id = $1 and p.postback_id = $2 and p.status = 'rejected'
  and w.account_id = $1 and w.webhook_id = $3 and w.deleted_at is null and w.revision::text || '.' || a.revision::text = $4`;

/** @returns false where nothing was counted: the request is to be logged as a new one */
export async function countRejectedRepeats(
  { pool }: Db,
  { accountId, postbackId, webhookId, revision }: RejectedRepeat,
  times: number,
  now: string,
): Promise<boolean> {
  const { rowCount } = await pool.query(countOnRow, [accountId, postbackId, webhookId, revision, times, now]);
  return rowCount === 1;
}
