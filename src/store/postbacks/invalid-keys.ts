/** Rows of the log for requests whose key is not valid: those of the account whose webhook the key once was of, or of no webhook. */
import { type Db, inTransaction } from '../database/connections/db.ts';

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
const readOwners = `
select r.id, coalesce(k.account_id, i.first_account_id) as account_id, k.webhook_id,
  case when k.key_hash is not null then 'ended' when r.key_hash is null then 'missing' else 'unknown' end as key
from json_to_recordset($1) as r(id uuid, key_hash text)
cross join installation i
left join auth_key k on k.key_hash = decode(r.key_hash, 'hex') and k.expires_at <= $2`;

const insertRows = `
insert into postback (account_id, postback_id, webhook_id, received_at, first_status, status, code, detail, is_dry_run,
  source_ip, request, update, times_received, last_received_at)
select $1, r.id, r.webhook_id, r.received_at, 'rejected', 'rejected', 'invalid_auth_key', $3, false, r.source_ip,
  r.request, '{}', r.times, r.last_at
from json_to_recordset($2) as r(id uuid, webhook_id uuid, received_at timestamptz, source_ip text, request json,
  times integer, last_at timestamptz)
on conflict do nothing`;

const countRows = `
update postback p set times_received = p.times_received + r.times, last_received_at = r.last_at
from json_to_recordset($2) as r(id uuid, times integer, last_at timestamptz)
where p.account_id = $1 and p.postback_id = r.id and p.code = 'invalid_auth_key'`;

const removeUnknown = `
delete from postback p
where p.account_id = $1 and p.code = 'invalid_auth_key' and p.webhook_id is null
  and p.postback_id <= (
    select o.postback_id from postback o
    where o.account_id = $1 and o.code = 'invalid_auth_key' and o.webhook_id is null
    order by o.postback_id desc offset ${unknownMax} limit 1)`;

type OwnerRow = { id: string; account_id: string; webhook_id: string | null; key: string };

/** Writes them all or none. Called by a job, never for a single request. */
export async function recordInvalidKeys({ pool }: Db, rows: InvalidKeyRow[], now: string): Promise<void> {
  const byId = new Map(rows.map((row) => [row.postbackId, row]));
  await inTransaction(pool, async (client) => {
    const keys = rows.map(({ postbackId: id, keyHash }) => ({ id, key_hash: keyHash?.toString('hex') }));
    const { rows: owners } = await client.query<OwnerRow>(readOwners, [JSON.stringify(keys), now]);
    for (const [accountId, own] of Map.groupBy(owners, (owner) => owner.account_id)) {
      const [added, counted] = [textOf(own, byId, true), textOf(own, byId, false)];
      if (counted !== null) await client.query(countRows, [accountId, counted]);
      if (added === null) continue;
      await client.query(insertRows, [accountId, added, detail]);
      if (own.some(({ webhook_id }) => webhook_id === null)) await client.query(removeUnknown, [accountId]);
    }
  });
}

/** JSON of the rows of an account that are new, or are not; null where there is none. */
function textOf(owners: OwnerRow[], byId: Map<string, InvalidKeyRow>, isNew: boolean): string | null {
  const rows = owners.flatMap(({ id, webhook_id, key }) => {
    const row = byId.get(id);
    if (row === undefined || row.isNew !== isNew) return [];
    const { receivedAt: received_at, lastAt: last_at, sourceIp: source_ip, pending: times } = row;
    const request = { ...row.request, key, removed: true };
    return { id, webhook_id, received_at, last_at, source_ip, times, request };
  });
  return rows.length > 0 ? JSON.stringify(rows) : null;
}
