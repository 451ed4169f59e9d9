/** What the rules of `core/reports/attention.ts` are applied to. Every read is bounded, and uses an index that lists use, too. */
import {
  dayMs,
  type HourOfRejections,
  hourMs,
  rejectionHours,
  usualMin,
  type Window,
} from '../../core/reports/attention.ts';
import type { Db } from '../database/connections/db.ts';
import { firstIdAt } from '../database/statements/first-id.ts';

/** So many of the newest rejections are looked at: each row is in another place on the disk, which takes 0.3 ms to read. */
const rejectionsMax = 5_000;
const partnersMax = 1_000;
/** Counts end here. */
const countMax = 10_000;
const unmatchedMax = 1_000;

export type Count = { count: number; isMore: boolean };

export type ActiveWebhook = {
  webhookId: string;
  name: string;
  /** instants */
  createdAt: string;
  lastAt: string | null;
  /** for each window and each of its days */
  wasBusy: boolean[][];
};

/**
 * Rejected postbacks by webhook, hour and code, replays and dry runs left out; along postback_not_applied.
 * `coveredHours`: how far back they reach, which is less than what was asked for where there are very many.
 */
export async function countRejections(
  { pool }: Db,
  accountId: string,
  nowMs: number,
): Promise<{ hours: HourOfRejections[]; coveredHours: number }> {
  const { rows } = await pool.query<HourOfRejections & { oldestMs: number }>(
    `select webhook_id as "webhookId", hours_ago as "hoursAgo", code, count(*), min(ms)::bigint as "oldestMs" from (
       select webhook_id, code, ms, floor(($3 - ms) / ${hourMs})::integer as hours_ago
       from postback, lateral (select extract(epoch from received_at) * 1000) as at(ms)
       where account_id = $1 and status = 'rejected' and postback_id >= $2 and webhook_id is not null
         and not is_dry_run and replay_of is null and code is distinct from 'canceled'
         and code is distinct from 'invalid_auth_key' -- told apart from them
       order by postback_id desc limit ${rejectionsMax}
     ) as rejected group by webhook_id, hours_ago, code`,
    [accountId, firstIdAt(nowMs - rejectionHours * hourMs), nowMs],
  );
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  const oldestMs = Math.min(...rows.map((row) => row.oldestMs));
  return {
    hours: rows.map(({ oldestMs: _oldest, ...hour }) => hour),
    coveredHours: count < rejectionsMax ? rejectionHours : (nowMs - oldestMs) / hourMs,
  };
}

/** How many postbacks a webhook had since then, rejected or not; along postback_of_webhook. */
export async function countSince(
  { pool }: Db,
  accountId: string,
  webhookId: string,
  fromMs: number,
): Promise<Count> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*) from (
       select from postback where account_id = $1 and webhook_id = $2 and postback_id >= $3 limit ${countMax + 1}
     ) as counted`,
    [accountId, webhookId, firstIdAt(fromMs)],
  );
  return boundedCount(rows[0]?.count ?? 0, countMax);
}

/** Webhooks that take postbacks, with when they were busy; along postback_of_webhook. */
export async function readActiveWebhooks(
  { pool }: Db,
  accountId: string,
  windows: Window[],
): Promise<ActiveWebhook[]> {
  const days = windows.flatMap((window) => window.days);
  const { rows } = await pool.query<Omit<ActiveWebhook, 'wasBusy'> & { busy: boolean[] }>(
    `select w.webhook_id as "webhookId", w.name, w.created_at as "createdAt",
       (select p.received_at from postback p where p.account_id = $1 and p.webhook_id = w.webhook_id
        order by p.postback_id desc limit 1) as "lastAt",
       array(
         select exists (
           select from postback p where p.account_id = $1 and p.webhook_id = w.webhook_id
             and p.postback_id >= d.from_id and p.postback_id < d.to_id
           offset ${usualMin - 1} limit 1
         ) from unnest($2::uuid[], $3::uuid[]) with ordinality as d(from_id, to_id, at) order by d.at
       ) as busy
     from incoming_webhook w where w.account_id = $1 and w.deleted_at is null and not w.is_paused
     order by w.webhook_id desc limit ${partnersMax}`,
    [accountId, days.map(({ fromMs }) => firstIdAt(fromMs)), days.map(({ toMs }) => firstIdAt(toMs))],
  );
  return rows.map(({ busy, ...webhook }) => ({ ...webhook, wasBusy: splitByWindow(windows, busy) }));
}

/** Publishers or buyers, with when they had calls; each name is one step along the index of its column. */
export async function readActivePartners(
  { pool }: Db,
  accountId: string,
  column: 'publisher' | 'buyer',
  windows: Window[],
): Promise<{ name: string; lastAt: string; wasBusy: boolean[][] }[]> {
  const days = windows.flatMap((window) => window.days);
  const { rows } = await pool.query<{ name: string; lastAt: string; busy: boolean[] }>(
    `with recursive names as (
       (select c.${column} as name, 1 as place from call c
        where c.account_id = $1 and c.${column} is not null order by c.${column} limit 1)
       union all
       select (select c.${column} from call c where c.account_id = $1 and c.${column} > n.name
               order by c.${column} limit 1), place + 1
       from names n where n.name is not null and place < ${partnersMax}
     )
     select n.name,
       (select c.started_at from call c where c.account_id = $1 and c.${column} = n.name
        order by c.started_at desc limit 1) as "lastAt",
       array(
         select exists (
           select from call c where c.account_id = $1 and c.${column} = n.name
             and c.started_at >= d.from_at and c.started_at < d.to_at
           offset ${usualMin - 1} limit 1
         ) from unnest($2::timestamptz[], $3::timestamptz[]) with ordinality as d(from_at, to_at, at) order by d.at
       ) as busy
     from names n where n.name is not null`,
    [accountId, days.map(({ fromMs }) => instantAt(fromMs)), days.map(({ toMs }) => instantAt(toMs))],
  );
  return rows.map(({ busy, ...partner }) => ({ ...partner, wasBusy: splitByWindow(windows, busy) }));
}

/**
 * Postbacks of the last day that found no call, by code, and that were neither attached, replayed nor dismissed since; along postback_by_code
 * and postback_replays.
 */
export async function countUnmatched<Code extends string>(
  { pool }: Db,
  accountId: string,
  codes: readonly Code[],
  nowMs: number,
): Promise<({ code: Code } & Count)[]> {
  const { rows } = await pool.query<{ code: Code; count: number }>(
    `select k.code, u.count from unnest($2::text[]) with ordinality as k(code, at)
     cross join lateral (
       select count(*) from (
         select from postback p
         where p.account_id = $1 and p.code = k.code and p.postback_id >= $3 and p.status in ('rejected', 'expired')
           and p.dismissed_at is null
           and p.webhook_id is not null and not p.is_dry_run and p.replay_of is null
           and not exists (select from postback r where r.account_id = $1 and r.replay_of = p.postback_id
             and r.status <> 'rejected' and not r.is_dry_run)
         limit ${unmatchedMax + 1}
       ) as counted
     ) as u where u.count > 0 order by k.at`,
    [accountId, codes, firstIdAt(nowMs - dayMs)],
  );
  return rows.map(({ code, count }) => ({ code, ...boundedCount(count, unmatchedMax) }));
}

export type InvalidKeyCount = {
  webhookId: string | null;
  webhookName: string | null;
  requests: number;
  addresses: number;
  lastId: string;
  lastAt: string;
};

/**
 * Requests of the last day whose key is not valid, by the webhook whose key it was; along postback_by_code. A key of no
 * webhook counts from its fifth request: fewer are a trial.
 */
export async function countInvalidKeys(
  { pool }: Db,
  accountId: string,
  nowMs: number,
): Promise<InvalidKeyCount[]> {
  const { rows } = await pool.query<InvalidKeyCount>(
    `select r.webhook_id as "webhookId", (select w.name from incoming_webhook w
         where w.account_id = $1 and w.webhook_id = r.webhook_id) as "webhookName",
       sum(r.times_received)::bigint as requests, count(distinct r.source_ip) as addresses,
       max(r.last_received_at) as "lastAt",
       (array_agg(r.postback_id order by r.last_received_at desc))[1] as "lastId"
     from (
       select webhook_id, times_received, source_ip, postback_id, last_received_at from postback
       where account_id = $1 and code = 'invalid_auth_key' and postback_id >= $2
       order by postback_id desc limit ${countMax}
     ) as r group by r.webhook_id
     having r.webhook_id is not null or sum(r.times_received) >= ${usualMin}
     order by requests desc, "webhookId" limit 20`,
    [accountId, firstIdAt(nowMs - dayMs)],
  );
  return rows;
}

export type WaitingUpdates = {
  calls: number;
  updates: number;
  oldest: { callLogId: string; startedAt: string } | null;
};

/** Updates that wait for calls which have been live since before `startedBefore`; along call_live, its oldest calls. */
export async function countWaitingUpdates(
  { pool }: Db,
  accountId: string,
  startedBefore: string,
): Promise<WaitingUpdates> {
  const { rows } = await pool.query<{ calls: number; updates: number; id: string | null; at: string | null }>(
    `select count(*) as calls, coalesce(sum(updates), 0)::integer as updates,
       (array_agg(call_log_id order by started_at, call_log_id))[1] as id, min(started_at) as at
     from (
       select c.call_log_id, c.started_at,
         (select count(*) from postback p where p.account_id = $1 and p.call_log_id = c.call_log_id
            and p.status = 'queued' and not p.is_dry_run) as updates
       from call c where c.account_id = $1 and c.state = 'live' and c.started_at < $2
       order by c.started_at limit ${countMax}
     ) as live where updates > 0`,
    [accountId, startedBefore],
  );
  const { calls = 0, updates = 0, id = null, at = null } = rows[0] ?? {};
  return { calls, updates, oldest: id === null || at === null ? null : { callLogId: id, startedAt: at } };
}

function boundedCount(count: number, max: number): Count {
  return { count: Math.min(count, max), isMore: count > max };
}

function splitByWindow(windows: Window[], flags: boolean[]): boolean[][] {
  const rest = flags.values();
  return windows.map(({ days }) => days.map(() => rest.next().value === true));
}

function instantAt(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
