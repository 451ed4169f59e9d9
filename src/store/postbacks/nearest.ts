import type { CallState } from '../../core/calls/call.ts';
import type { NearCall, SoughtCall } from '../../core/calls/nearest.ts';
import type { Db } from '../database/connections/db.ts';

export type Sought = SoughtCall & { postbackId: string };
export type FoundNear = NearCall & { state: CallState; campaign: string | null; buyer: string | null };

const columns = 'c.call_log_id, c.phone_number, c.started_at, c.state, c.campaign, c.buyer';

/** For each postback, calls of its number and calls around its receipt; along call_by_phone and call_by_start. */
const readAround = `
select w.postback_id, near.*
from json_to_recordset($2) as w(postback_id text, phone_number text, received_at timestamptz)
cross join lateral (
  (select ${columns} from call c
   where c.account_id = $1 and c.phone_number = w.phone_number and c.started_at <= w.received_at
   order by c.started_at desc limit 5)
  union all
  (select ${columns} from call c
   where c.account_id = $1 and c.phone_number = w.phone_number and c.started_at > w.received_at
   order by c.started_at limit 5)
  union all
  (select ${columns} from call c where c.account_id = $1 and c.started_at <= w.received_at
   order by c.started_at desc, c.call_log_id desc limit 25)
  union all
  (select ${columns} from call c where c.account_id = $1 and c.started_at > w.received_at
   order by c.started_at, c.call_log_id limit 5)
) near`;

type Row = {
  postback_id: string;
  call_log_id: string;
  phone_number: string | null;
  started_at: string;
  state: CallState;
  campaign: string | null;
  buyer: string | null;
};

/** Calls that postbacks may be for, by postback id: more than are shown, for `nearestOf`. */
export async function findNearest(
  { pool }: Db,
  accountId: string,
  sought: Sought[],
): Promise<Map<string, FoundNear[]>> {
  const found = new Map<string, FoundNear[]>();
  if (sought.length === 0) return found;
  const wanted = sought.map(({ postbackId, phoneNumber, receivedAt }) => ({
    postback_id: postbackId,
    phone_number: phoneNumber,
    received_at: receivedAt,
  }));
  const { rows } = await pool.query<Row>(readAround, [accountId, JSON.stringify(wanted)]);
  for (const { postback_id, call_log_id, phone_number, started_at, ...call } of rows) {
    const near = { callLogId: call_log_id, phoneNumber: phone_number, startedAt: started_at, ...call };
    const ofPostback = found.get(postback_id);
    if (ofPostback === undefined) found.set(postback_id, [near]);
    else ofPostback.push(near);
  }
  return found;
}
