import type { MatchRule } from '../core/postback.ts';
import type { WebhookType } from '../core/webhook-type.ts';
import { makeOrderedId } from '../ordered-id.ts';
import { type Db, inTransaction, type Queryable } from './db.ts';
import { type Page, pageOf } from './page.ts';

export type WebhookSettings = {
  name: string;
  type: WebhookType;
  matchWindowHours: number;
  matchRule: MatchRule;
};

export type Webhook = WebhookSettings & {
  webhookId: string;
  isPaused: boolean;
  /** instants */
  createdAt: string;
  updatedAt: string;
};

export type WebhookChanges = Partial<Omit<WebhookSettings, 'type'> & { isPaused: boolean }>;

/** Everything that reading a postback depends on, found by its key. */
export type KeyedWebhook = Webhook & {
  accountId: string;
  timeZone: string;
  defaultCountry: string;
  /** changes with every change of the webhook or the account; see `readRevisions` */
  revision: string;
  /** instant after which the key is not valid, or null */
  keyExpiresAt: string | null;
};

type WebhookRow = {
  webhook_id: string;
  name: string;
  type: WebhookType;
  match_window_hours: number;
  match_rule: MatchRule;
  is_paused: boolean;
  created_at: string;
  updated_at: string;
};

const columns = 'webhook_id, name, type, match_window_hours, match_rule, is_paused, created_at, updated_at';

type KeyedRow = WebhookRow & {
  account_id: string;
  time_zone: string;
  default_country: string;
  revision: string;
  expires_at: string | null;
};

/** Finds the webhook of a key by the key's hash; null for unknown, expired and deleted. */
export async function findWebhookByKey(
  { pool }: Db,
  keyHash: Buffer,
  now: string,
): Promise<KeyedWebhook | null> {
  const { rows } = await pool.query<KeyedRow>({
    name: 'find-webhook-by-key',
    text: `select w.*, a.time_zone, a.default_country, w.revision || '.' || a.revision as revision, k.expires_at
      from auth_key k
      join incoming_webhook w on w.account_id = k.account_id and w.webhook_id = k.webhook_id
      join account a on a.account_id = k.account_id
      where k.key_hash = $1 and (k.expires_at is null or k.expires_at > $2) and w.deleted_at is null`,
    values: [keyHash, now],
  });
  return rows[0] === undefined ? null : keyedWebhookOf(rows[0]);
}

/** The same, for an owner who needs no key. */
export async function findOwnWebhook(
  { pool }: Db,
  accountId: string,
  webhookId: string,
): Promise<KeyedWebhook | null> {
  const { rows } = await pool.query<KeyedRow>(
    `select w.*, a.time_zone, a.default_country, w.revision || '.' || a.revision as revision, null as expires_at
     from incoming_webhook w join account a on a.account_id = w.account_id
     where w.account_id = $1 and w.webhook_id = $2 and w.deleted_at is null`,
    [accountId, webhookId],
  );
  return rows[0] === undefined ? null : keyedWebhookOf(rows[0]);
}

/** The account's oldest webhook of this name and type, made where there is none: one, however many ask at once. */
export async function ensureWebhook(
  db: Db,
  accountId: string,
  settings: WebhookSettings,
  keyHash: Buffer,
  now: string,
): Promise<Webhook> {
  const { name, type } = settings;
  return inTransaction(db.pool, async (client) => {
    await client.query('select from account where account_id = $1 for no key update', [accountId]);
    const { rows } = await client.query<WebhookRow>(
      `select ${columns} from incoming_webhook
       where account_id = $1 and name = $2 and type = $3 and deleted_at is null order by webhook_id limit 1`,
      [accountId, name, type],
    );
    return rows[0] === undefined
      ? insertWebhook(client, accountId, settings, keyHash, now)
      : webhookOf(rows[0]);
  });
}

export async function createWebhook(
  { pool }: Db,
  accountId: string,
  settings: WebhookSettings,
  keyHash: Buffer,
  now: string,
): Promise<Webhook> {
  return inTransaction(pool, (client) => insertWebhook(client, accountId, settings, keyHash, now));
}

async function insertWebhook(
  client: Queryable,
  accountId: string,
  settings: WebhookSettings,
  keyHash: Buffer,
  now: string,
): Promise<Webhook> {
  const { rows } = await client.query<WebhookRow>(
    `insert into incoming_webhook
       (account_id, webhook_id, name, type, match_window_hours, match_rule, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $7) returning ${columns}`,
    [
      accountId,
      makeOrderedId(),
      settings.name,
      settings.type,
      settings.matchWindowHours,
      settings.matchRule,
      now,
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('an insert returned no row');
  await client.query(
    'insert into auth_key (key_hash, account_id, webhook_id, created_at) values ($1, $2, $3, $4)',
    [keyHash, accountId, row.webhook_id, now],
  );
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
    `select ${columns} from incoming_webhook
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
    `select ${columns} from incoming_webhook where account_id = $1 and webhook_id = $2 and deleted_at is null`,
    [accountId, webhookId],
  );
  return rows[0] === undefined ? null : webhookOf(rows[0]);
}

export async function changeWebhook(
  { pool }: Db,
  accountId: string,
  webhookId: string,
  changes: WebhookChanges,
  now: string,
): Promise<Webhook | null> {
  const { rows } = await pool.query<WebhookRow>(
    `update incoming_webhook set name = coalesce($3, name), match_window_hours = coalesce($4, match_window_hours),
       match_rule = coalesce($5, match_rule), is_paused = coalesce($6, is_paused),
       revision = revision + 1, updated_at = $7
     where account_id = $1 and webhook_id = $2 and deleted_at is null returning ${columns}`,
    [
      accountId,
      webhookId,
      changes.name ?? null,
      changes.matchWindowHours ?? null,
      changes.matchRule ?? null,
      changes.isPaused ?? null,
      now,
    ],
  );
  return rows[0] === undefined ? null : webhookOf(rows[0]);
}

/** Revokes its keys at once. The webhook's name stays in the log. @returns false when there is none */
export async function deleteWebhook(
  { pool }: Db,
  accountId: string,
  webhookId: string,
  now: string,
): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(
      `update incoming_webhook set deleted_at = $3, revision = revision + 1
       where account_id = $1 and webhook_id = $2 and deleted_at is null`,
      [accountId, webhookId, now],
    );
    await client.query('delete from auth_key where account_id = $1 and webhook_id = $2', [
      accountId,
      webhookId,
    ]);
    return rowCount === 1;
  });
}

/** Adds a key; the ones before end at `oldKeysExpireAt`, or earlier where they were to. */
export async function rotateKey(
  { pool }: Db,
  accountId: string,
  webhookId: string,
  keyHash: Buffer,
  oldKeysExpireAt: string,
  now: string,
): Promise<Webhook | null> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<WebhookRow>(
      `update incoming_webhook set revision = revision + 1, updated_at = $3
       where account_id = $1 and webhook_id = $2 and deleted_at is null returning ${columns}`,
      [accountId, webhookId, now],
    );
    const [row] = rows;
    if (row === undefined) return null;
    await client.query(
      'update auth_key set expires_at = least(expires_at, $3) where account_id = $1 and webhook_id = $2',
      [accountId, webhookId, oldKeysExpireAt],
    );
    await client.query(
      'insert into auth_key (key_hash, account_id, webhook_id, created_at) values ($1, $2, $3, $4)',
      [keyHash, accountId, webhookId, now],
    );
    return webhookOf(row);
  });
}

function keyedWebhookOf(row: KeyedRow): KeyedWebhook {
  return {
    ...webhookOf(row),
    accountId: row.account_id,
    timeZone: row.time_zone,
    defaultCountry: row.default_country,
    revision: row.revision,
    keyExpiresAt: row.expires_at,
  };
}

function webhookOf(row: WebhookRow): Webhook {
  return {
    webhookId: row.webhook_id,
    name: row.name,
    type: row.type,
    matchWindowHours: row.match_window_hours,
    matchRule: row.match_rule,
    isPaused: row.is_paused,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
