import type { Db } from '../database/connections/db.ts';

/** A request that could not be read when it came. */
export type KeptPostback = {
  postbackId: string;
  /** instant */
  receivedAt: string;
  sourceIp: string;
  /** JSON text, with every digit */
  request: string;
};

/** Oldest first, along the index of a webhook's log by status. @param after the id that the page before ended with */
export async function listKept(
  { pool }: Db,
  accountId: string,
  webhookId: string,
  limit: number,
  after: string | null,
): Promise<KeptPostback[]> {
  const { rows } = await pool.query<KeptPostback>(
    `select postback_id as "postbackId", received_at as "receivedAt", source_ip as "sourceIp", request::text as request
     from postback
     where account_id = $1 and webhook_id = $2 and status = 'kept' and not is_dry_run
       and ($3::uuid is null or postback_id > $3::uuid)
     order by postback_id limit $4`,
    [accountId, webhookId, after, limit],
  );
  return rows;
}
