import type { EarlierUpdate } from '../../../core/updates/fold/settle.ts';
import { type UpdateJson, updateFromJson } from '../../../core/updates/update.ts';
import type { Queryable } from '../../database/connections/db.ts';

const readDone = `
select p.postback_id as "postbackId", p.call_log_id as "callLogId", p.update, p.repeats,
  coalesce(p.first_received_at, p.received_at) as "receivedAt" from postback p
where p.account_id = $1 and p.call_log_id = any($2) and p.postback_id > $3 and p.status in ('applied', 'unchanged')
  and not p.is_dry_run
  and not exists (select from postback u where u.account_id = $1 and u.undo_of = p.postback_id
    and u.first_status <> 'rejected' and not u.is_dry_run)
order by p.postback_id`;

export const firstOfAll = '00000000-0000-0000-0000-000000000000';

/** What calls got from postbacks and by hand that was received after this one, in order of receipt. */
export async function findDone(
  client: Queryable,
  accountId: string,
  callLogIds: string[],
  after: string,
): Promise<EarlierUpdate[]> {
  if (callLogIds.length === 0) return [];
  type Row = Omit<EarlierUpdate, 'update'> & { update: UpdateJson };
  const { rows } = await client.query<Row>(readDone, [accountId, callLogIds, after]);
  return rows.map(({ update, ...row }) => ({ ...row, update: updateFromJson(update) }));
}
