/** Incoming webhooks as their owner makes, reads and changes them. */
import { makeOrderedId } from '../../ordered-id.ts';
import { type Actor, changesBetween, recordAct } from '../access/audit.ts';
import { changeSmallTables, type Db, type Queryable } from '../database/connections/db.ts';
import { givenColumns } from '../database/statements/given-columns.ts';
import { type Page, pageOf } from '../database/statements/page.ts';
import { insertKey } from './webhook-keys.ts';
import {
  auditedOf,
  type Webhook,
  type WebhookRow,
  type WebhookSettings,
  webhookColumns,
  webhookOf,
} from './webhook-rows.ts';

/** `signingSecret`: null where signatures are not asked for. What is left out lets everybody in. */
export type NewWebhook = Pick<WebhookSettings, 'name' | 'type' | 'matchWindowHours' | 'matchRule'> &
  Partial<WebhookSettings & { signingSecret: string | null; secrets: string[] | null }>;

export type WebhookChanges = Partial<Omit<NewWebhook, 'type'> & { isPaused: boolean }>;

const columnOf = {
  name: 'name',
  type: 'type',
  matchWindowHours: 'match_window_hours',
  matchRule: 'match_rule',
  repeats: 'repeats',
  sameTransaction: 'same_transaction',
  unmatched: 'unmatched',
  waitHours: 'wait_hours',
  allowedAddresses: 'allowed_addresses',
  rateLimitPerMinute: 'rate_limit_per_minute',
  allowedFields: 'allowed_fields',
  acceptsGet: 'accepts_get',
  preset: 'preset',
  mapping: 'mapping',
  verify: 'verify',
  onUnreadable: 'on_unreadable',
  signingSecret: 'signing_secret',
  secrets: 'secrets',
  isPaused: 'is_paused',
} as const satisfies Record<keyof NewWebhook | 'isPaused', string>;

const jsonColumns = ['mapping', 'verify'] as const;

/** The account's oldest webhook of this name and type, made where there is none: one, however many ask at once. */
export async function ensureWebhook(
  db: Db,
  accountId: string,
  settings: NewWebhook,
  keyHash: Buffer,
  actor: Actor,
  now: string,
): Promise<Webhook> {
  const { name, type } = settings;
  return changeSmallTables(db.pool, async (client) => {
    await client.query('select from account where account_id = $1 for no key update', [accountId]);
    const { rows } = await client.query<WebhookRow>(
      `select ${webhookColumns} from incoming_webhook w
       where account_id = $1 and name = $2 and type = $3 and deleted_at is null order by webhook_id limit 1`,
      [accountId, name, type],
    );
    return rows[0] === undefined
      ? insertWebhook(client, accountId, settings, keyHash, actor, now)
      : webhookOf(rows[0]);
  });
}

export async function createWebhook(
  { pool }: Db,
  accountId: string,
  settings: NewWebhook,
  keyHash: Buffer,
  actor: Actor,
  now: string,
): Promise<Webhook> {
  return changeSmallTables(pool, (client) => insertWebhook(client, accountId, settings, keyHash, actor, now));
}

export async function insertWebhook(
  client: Queryable,
  accountId: string,
  settings: NewWebhook,
  keyHash: Buffer,
  actor: Actor,
  now: string,
): Promise<Webhook> {
  const { columns, values } = columnsOf(settings);
  const parameters = values.map((_value, at) => `$${at + 4}`);
  const { rows } = await client.query<WebhookRow>(
    `insert into incoming_webhook as w (account_id, webhook_id, created_at, updated_at, ${columns.join(', ')})
     values ($1, $2, $3, $3, ${parameters.join(', ')}) returning ${webhookColumns}`,
    [accountId, makeOrderedId(), now, ...values],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('an insert returned no row');
  await insertKey(client, accountId, row.webhook_id, keyHash, now);
  const changes = changesBetween({}, auditedOf(row));
  const target = { id: row.webhook_id, name: row.name };
  await recordAct(client, { accountId, actor, action: 'webhook.created', target, changes }, now);
  return webhookOf(row);
}

/** Newest first. @param before the id that the page before ended with */
export async function listWebhooks(
  { pool }: Db,
  accountId: string,
  limit: number,
  before: string | null,
): Promise<Page<Webhook>> {
  const { rows } = await pool.query<WebhookRow>(
    `select ${webhookColumns} from incoming_webhook w
     where account_id = $1 and deleted_at is null and ($2::uuid is null or webhook_id < $2::uuid)
     order by webhook_id desc limit $3`,
    [accountId, before, limit + 1],
  );
  return pageOf(rows.map(webhookOf), limit, (webhook) => webhook.webhookId);
}

export async function findWebhook(
  { pool }: Db,
  accountId: string,
  webhookId: string,
): Promise<Webhook | null> {
  const { rows } = await pool.query<WebhookRow>(
    `select ${webhookColumns} from incoming_webhook w
     where account_id = $1 and webhook_id = $2 and deleted_at is null`,
    [accountId, webhookId],
  );
  return rows[0] === undefined ? null : webhookOf(rows[0]);
}

/** A signing secret that is set or removed here ends the ones before at once. */
export async function changeWebhook(
  { pool }: Db,
  accountId: string,
  webhookId: string,
  changes: WebhookChanges,
  actor: Actor,
  now: string,
): Promise<Webhook | null> {
  const { columns, values } = columnsOf(changes);
  const set = columns.map((column, at) => `${column} = $${at + 4}, `).join('');
  const endPrevious = changes.signingSecret === undefined ? '' : 'previous_signing_secret = null, ';
  return changeSmallTables(pool, async (client) => {
    const before = await lockWebhook(client, accountId, webhookId);
    const { rows } = await client.query<WebhookRow>(
      `update incoming_webhook w set ${set}${endPrevious} revision = revision + 1, updated_at = $3
       where account_id = $1 and webhook_id = $2 and deleted_at is null returning ${webhookColumns}`,
      [accountId, webhookId, now, ...values],
    );
    const [after] = rows;
    if (before === undefined || after === undefined) return null;
    const changed = changesBetween(auditedOf(before), auditedOf(after));
    for (const [name, secret] of [
      ['signing_secret', changes.signingSecret],
      ['secrets', changes.secrets],
    ] as const) {
      if (secret != null && before.requires_signature)
        changed[name] = { from: 'hidden', to: 'hidden, another' };
    }
    const target = { id: webhookId, name: after.name };
    if (Object.keys(changed).length > 0)
      await recordAct(client, { accountId, actor, action: 'webhook.changed', target, changes: changed }, now);
    return webhookOf(after);
  });
}

/** Revokes its keys at once. The webhook's name stays in the log. @returns false when there is none */
export async function deleteWebhook(
  { pool }: Db,
  accountId: string,
  webhookId: string,
  actor: Actor,
  now: string,
): Promise<boolean> {
  return changeSmallTables(pool, async (client) => {
    const before = await lockWebhook(client, accountId, webhookId);
    if (before === undefined) return false;
    await client.query(
      `update incoming_webhook set deleted_at = $3, signing_secret = null, previous_signing_secret = null, secrets = null,
         revision = revision + 1
       where account_id = $1 and webhook_id = $2`,
      [accountId, webhookId, now],
    );
    await client.query('delete from auth_key where account_id = $1 and webhook_id = $2', [
      accountId,
      webhookId,
    ]);
    const target = { id: webhookId, name: before.name };
    await recordAct(client, { accountId, actor, action: 'webhook.deleted', target, changes: {} }, now);
    return true;
  });
}

async function lockWebhook(
  client: Queryable,
  accountId: string,
  webhookId: string,
): Promise<WebhookRow | undefined> {
  const { rows } = await client.query<WebhookRow>(
    `select ${webhookColumns} from incoming_webhook w
     where account_id = $1 and webhook_id = $2 and deleted_at is null for no key update`,
    [accountId, webhookId],
  );
  return rows[0];
}

/** The columns of the settings that are given, with their values. */
function columnsOf(settings: WebhookChanges): { columns: string[]; values: unknown[] } {
  const texts = jsonColumns.map((name) => [name, settings[name] && JSON.stringify(settings[name])]);
  return givenColumns(columnOf, { ...settings, ...Object.fromEntries(texts) });
}
