/** Sample data of an account without calls: which rows it is, and their removal. */
import { type Actor, recordAct } from '../access/audit.ts';
import { changeSmallTables, type Db, inTransaction, type Queryable } from '../database/connections/db.ts';
import type { Webhook } from '../webhooks/webhook-rows.ts';
import { insertWebhook, type NewWebhook } from '../webhooks/webhooks.ts';
import { deleteCalls } from './retention.ts';

/** `createdAt`: instant */
export type SampleData = { webhookId: string; callLogIds: string[]; createdAt: string };

/** Which of the first steps an account has done, without its sample data. */
export type FirstSteps = {
  hasWebhook: boolean;
  hasCall: boolean;
  hasPostback: boolean;
  hasApplied: boolean;
  /** it has neither calls nor sample data nor outgoing webhooks, which would report sample calls to others */
  mayLoadSample: boolean;
  /** the checklist is hidden for all people of the account */
  isHidden: boolean;
  sample: SampleData | null;
};

const readSample = `
select webhook_id as "webhookId", call_log_ids as "callLogIds", created_at as "createdAt"
from sample_data where account_id = $1`;

const mayLoad = `
select not exists (select from call where account_id = $1)
  and not exists (select from sample_data where account_id = $1)
  and not exists (select from outgoing_webhook where account_id = $1 and deleted_at is null) as "mayLoad"`;

/** Looks at the newest postbacks only: an account that has many rejected ones and none applied is not read whole. */
const readSteps = `
with latest as (
  select status, webhook_id from postback where account_id = $1 and not is_dry_run order by postback_id desc limit 1000),
own as (select status from latest where webhook_id is not null and webhook_id is distinct from $2::uuid)
select
  exists (select from incoming_webhook where account_id = $1 and deleted_at is null
    and webhook_id is distinct from $2::uuid) as "hasWebhook",
  exists (select from call where account_id = $1 and call_log_id <> all($3::text[])) as "hasCall",
  exists (select from own) as "hasPostback",
  exists (select from own where status in ('created', 'applied', 'unchanged')) as "hasApplied",
  (select has_hidden_first_steps from account where account_id = $1) as "isHidden"`;

export async function readFirstSteps({ pool }: Db, accountId: string): Promise<FirstSteps> {
  const { rows: samples } = await pool.query<SampleData>(readSample, [accountId]);
  const sample = samples[0] ?? null;
  const { rows } = await pool.query<Omit<FirstSteps, 'sample' | 'mayLoadSample'>>(readSteps, [
    accountId,
    sample?.webhookId ?? null,
    sample?.callLogIds ?? [],
  ]);
  const [steps] = rows;
  if (steps === undefined) throw new Error('a select without a table returned no row');
  return { ...steps, sample, mayLoadSample: await isLoadable(pool, accountId) };
}

export async function hideFirstSteps({ pool }: Db, accountId: string, isHidden: boolean): Promise<void> {
  await pool.query('update account set has_hidden_first_steps = $2 where account_id = $1', [
    accountId,
    isHidden,
  ]);
}

/** Makes the webhook of the sample, and notes it with the ids of its calls before there is one. @returns null if it may not be loaded */
export async function beginSample(
  { pool }: Db,
  accountId: string,
  callLogIds: string[],
  webhook: NewWebhook,
  keyHash: Buffer,
  actor: Actor,
  now: string,
): Promise<Webhook | null> {
  return changeSmallTables(pool, async (client) => {
    await lockAccount(client, accountId);
    if (!(await isLoadable(client, accountId))) return null;
    const made = await insertWebhook(client, accountId, webhook, keyHash, actor, now);
    await client.query(
      'insert into sample_data (account_id, webhook_id, call_log_ids, created_at) values ($1, $2, $3, $4)',
      [accountId, made.webhookId, callLogIds, now],
    );
    const target = { id: accountId, name: `${callLogIds.length} calls` };
    await recordAct(client, { accountId, actor, action: 'sample_data.loaded', target, changes: {} }, now);
    return made;
  });
}

/**
 * Removes the calls of the sample with all that happened to them, its webhook, and what came through it. Postbacks of the
 * webhook to other calls stay in the log of these calls, and the webhook then stays as a deleted one.
 * @returns false where no sample data is loaded
 */
export async function removeSample(
  { pool }: Db,
  accountId: string,
  actor: Actor,
  now: string,
): Promise<boolean> {
  return changeSmallTables(pool, async (client) => {
    await lockAccount(client, accountId);
    const { rows } = await client.query<SampleData>(readSample, [accountId]);
    const [sample] = rows;
    if (sample === undefined) return false;
    const { webhookId, callLogIds } = sample;
    await removeCalls(client, accountId, callLogIds);
    await removeWebhook(client, accountId, webhookId, now);
    await client.query('delete from sample_data where account_id = $1', [accountId]);
    const target = { id: accountId, name: `${callLogIds.length} calls` };
    await recordAct(client, { accountId, actor, action: 'sample_data.removed', target, changes: {} }, now);
    return true;
  });
}

/** What was still written of a sample that was removed while it was loaded. */
export async function removeLateSample({ pool }: Db, accountId: string, callLogIds: string[]): Promise<void> {
  await inTransaction(pool, (client) => removeCalls(client, accountId, callLogIds));
}

async function removeCalls(client: Queryable, accountId: string, callLogIds: string[]): Promise<void> {
  // In the order in which the writer locks them.
  await client.query(
    `select from call where account_id = $1 and call_log_id = any($2) order by call_log_id for update`,
    [accountId, callLogIds],
  );
  for (const statement of deleteCalls) await client.query(statement, [accountId, callLogIds]);
}

async function removeWebhook(
  client: Queryable,
  accountId: string,
  webhookId: string,
  now: string,
): Promise<void> {
  const values = [accountId, webhookId];
  await client.query(
    `delete from postback p where p.account_id = $1 and p.webhook_id = $2
       and not exists (select from call c where c.account_id = $1 and c.call_log_id = p.call_log_id)`,
    values,
  );
  await client.query('delete from auth_key where account_id = $1 and webhook_id = $2', values);
  const { rows: left } = await client.query(
    'select from postback where account_id = $1 and webhook_id = $2 limit 1',
    values,
  );
  if (left.length === 0) {
    await client.query('delete from incoming_webhook where account_id = $1 and webhook_id = $2', values);
    return;
  }
  await client.query(
    `update incoming_webhook set deleted_at = $3, updated_at = $3, revision = revision + 1
     where account_id = $1 and webhook_id = $2 and deleted_at is null`,
    [...values, now],
  );
}

async function isLoadable(client: Queryable, accountId: string): Promise<boolean> {
  const { rows } = await client.query<{ mayLoad: boolean }>(mayLoad, [accountId]);
  return rows[0]?.mayLoad === true;
}

/** One at a time loads or removes. */
async function lockAccount(client: Queryable, accountId: string): Promise<void> {
  await client.query('select from account where account_id = $1 for no key update', [accountId]);
}
