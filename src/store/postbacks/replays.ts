import type { PostbackStatus } from '../../core/updates/postback.ts';
import type { RejectionCode } from '../../core/updates/rejection.ts';
import type { Db } from '../database/db.ts';

/** What a replay needs of the postback that it repeats. */
export type RecordedPostback = {
  postbackId: string;
  webhookId: string;
  status: PostbackStatus;
  /** as it was answered */
  firstStatus: PostbackStatus;
  transactionId: string | null;
  isDryRun: boolean;
  /** the request as it first came: the postback's own, unless that is a replay itself */
  first: {
    postbackId: string;
    /** instant */
    receivedAt: string;
    sourceIp: string;
    code: RejectionCode | null;
    /** JSON text, with every digit */
    request: string;
  };
};

type RecordedRow = Omit<RecordedPostback, 'first'> & {
  id: string;
  received_at: string;
  source_ip: string;
  code: RejectionCode | null;
  request: string;
};

/** Null for changes by hand, too: they came through no webhook. */
export async function findRecordedPostback(
  { pool }: Db,
  accountId: string,
  postbackId: string,
): Promise<RecordedPostback | null> {
  const { rows } = await pool.query<RecordedRow>(
    `select p.postback_id as "postbackId", p.webhook_id as "webhookId", p.status, p.first_status as "firstStatus",
       p.transaction_id as "transactionId", p.is_dry_run as "isDryRun",
       f.postback_id as id, f.received_at, f.source_ip, f.code, f.request::text as request
     from postback p
     join postback f on f.account_id = p.account_id and f.postback_id = coalesce(p.replay_of, p.postback_id)
     where p.account_id = $1 and p.postback_id = $2 and p.webhook_id is not null`,
    [accountId, postbackId],
  );
  if (rows[0] === undefined) return null;
  const { id, received_at, source_ip, code, request, ...postback } = rows[0];
  return {
    ...postback,
    first: { postbackId: id, receivedAt: received_at, sourceIp: source_ip, code, request },
  };
}
