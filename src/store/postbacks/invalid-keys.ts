/** Rows of the log for requests whose key is not valid: those of the account whose webhook the key once was of, or of no webhook. */
import { type Db, inTransaction } from '../database/db.ts';

/** Requests with one key from one address, since they were written last. */
export type InvalidKeyRow = {
  /** of the first request */
  postbackId: string;
  /** instants: of the first request, and of the latest */
  receivedAt: string;
  lastAt: string;
  sourceIp: string;
  /** looked up, never stored; null: the requests have no key */
  keyHash: Buffer | null;
  request: { method: string; path: string; query: object; headers: Record<string, string> };
  isNew: boolean;
  /** how many requests */
  pending: number;
};

/** What the senders were told. */
const detail =
  'Send the auth key of an incoming webhook as "auth_key" in the URL or in the header X-Auth-Key.';
/** Rows of no webhook beyond these, the newest, are removed: anyone can cause them. */
const unknownMax = 5_000;

/** A key that was rotated out or has expired is still there; one that is of no webhook counts for who runs the installation. */
const insertRows = `
insert into postback (account_id, postback_id, webhook_id, received_at, first_status, status, code, detail, is_dry_run,
  source_ip, request, update, times_received, last_received_at)
select coalesce(k.account_id, i.first_account_id), r.id, k.webhook_id, r.received_at, 'rejected', 'rejected',
  'invalid_auth_key', $2, false, r.source_ip,
  json_build_object('method', r.method, 'path', r.path, 'query', json_build_object(), 'headers', r.headers,
    'key', case when k.key_hash is not null then 'ended' when r.key_hash is null then 'missing' else 'unknown' end,
    'removed', true),
  '{}', r.times, r.last_at
from json_to_recordset($1) as r(id uuid, received_at timestamptz, source_ip text, method text, path text, headers json,
  key_hash text, times integer, last_at timestamptz)
cross join installation i
left join auth_key k on k.key_hash = decode(r.key_hash, 'hex') and k.expires_at <= $3
on conflict do nothing`;

/** The account is known by the row itself. */
const countRows = `
update postback p set times_received = p.times_received + r.times, last_received_at = r.last_at
from json_to_recordset($1) as r(id uuid, key_hash text, times integer, last_at timestamptz)
where p.account_id = any (array(
    select first_account_id from installation union all
    select k.account_id from auth_key k where k.key_hash = decode(r.key_hash, 'hex')))
  and p.postback_id = r.id and p.code = 'invalid_auth_key'`;

const removeUnknown = `
delete from postback p using installation i
where p.account_id = i.first_account_id and p.code = 'invalid_auth_key' and p.webhook_id is null
  and p.postback_id <= (
    select o.postback_id from postback o
    where o.account_id = i.first_account_id and o.code = 'invalid_auth_key' and o.webhook_id is null
    order by o.postback_id desc offset ${unknownMax} limit 1)`;

/** Writes them all or none. Called by a job, never for a single request. */
export async function recordInvalidKeys({ pool }: Db, rows: InvalidKeyRow[], now: string): Promise<void> {
  const added = rows.filter(({ isNew }) => isNew);
  const counted = rows.filter(({ isNew }) => !isNew);
  await inTransaction(pool, async (client) => {
    if (counted.length > 0) await client.query(countRows, [textOf(counted)]);
    if (added.length === 0) return;
    await client.query(insertRows, [textOf(added), detail, now]);
    await client.query(removeUnknown);
  });
}

function textOf(rows: InvalidKeyRow[]): string {
  return JSON.stringify(
    rows.map(({ postbackId, receivedAt, lastAt, sourceIp, keyHash, request, pending }) => ({
      ...{ id: postbackId, received_at: receivedAt, last_at: lastAt, source_ip: sourceIp, times: pending },
      ...{ method: request.method, path: request.path, headers: request.headers },
      key_hash: keyHash?.toString('hex') ?? null,
    })),
  );
}
