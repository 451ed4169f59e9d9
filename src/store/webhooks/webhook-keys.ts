/** What opens a webhook's endpoint: its keys, by their hashes, and the secrets that senders sign with. */
import type { Presets } from '../../core/mapping/preset.ts';
import { type Actor, recordAct } from '../access/audit.ts';
import { changeSmallTables, type Db, type Queryable } from '../database/connections/db.ts';
import {
  type KeyedRow,
  type KeyedWebhook,
  keyedColumns,
  keyedWebhookOf,
  type Webhook,
  type WebhookRow,
  webhookColumns,
  webhookOf,
} from './webhook-rows.ts';

/** Finds the webhook of a key by the key's hash; null for unknown, expired and deleted. */
export async function findWebhookByKey(
  { pool }: Db,
  keyHash: Buffer,
  now: string,
  presets: Presets,
): Promise<KeyedWebhook | null> {
  const { rows } = await pool.query<KeyedRow>({
    name: 'find-webhook-by-key',
    text: `select ${keyedColumns}, k.expires_at
      from auth_key k
      join incoming_webhook w on w.account_id = k.account_id and w.webhook_id = k.webhook_id
      join account a on a.account_id = k.account_id
      where k.key_hash = $1 and (k.expires_at is null or k.expires_at > $2) and w.deleted_at is null`,
    values: [keyHash, now],
  });
  return rows[0] === undefined ? null : keyedWebhookOf(rows[0], presets);
}

/** Hashes of keys and tokens that are good, `max` at most, the newest keys last. */
export async function listSecretHashes({ pool }: Db, max: number, now: string): Promise<Buffer[]> {
  const { rows } = await pool.query<{ hash: Buffer }>(
    `select hash from (
       select key_hash as hash, created_at from auth_key where expires_at is null or expires_at > $1
       union all
       select token_hash, created_at from api_token where expires_at is null or expires_at > $1
       order by created_at desc limit $2) newest
     order by created_at`,
    [now, max],
  );
  return rows.map(({ hash }) => hash);
}

/** The same, for an owner who needs no key. */
export async function findOwnWebhook(
  { pool }: Db,
  accountId: string,
  webhookId: string,
  presets: Presets,
): Promise<KeyedWebhook | null> {
  const { rows } = await pool.query<KeyedRow>(
    `select ${keyedColumns}, null as expires_at
     from incoming_webhook w join account a on a.account_id = w.account_id
     where w.account_id = $1 and w.webhook_id = $2 and w.deleted_at is null`,
    [accountId, webhookId],
  );
  return rows[0] === undefined ? null : keyedWebhookOf(rows[0], presets);
}

/** The account's webhooks of this name that have a mapping or a preset; at most two, for one is meant. */
export async function findMappedWebhooks(
  { pool }: Db,
  accountId: string,
  name: string,
  presets: Presets,
): Promise<KeyedWebhook[]> {
  const { rows } = await pool.query<KeyedRow>(
    `select ${keyedColumns}, null as expires_at
     from incoming_webhook w join account a on a.account_id = w.account_id
     where w.account_id = $1 and w.name = $2 and w.deleted_at is null
       and (w.mapping is not null or w.preset is not null)
     limit 2`,
    [accountId, name],
  );
  return rows.map((row) => keyedWebhookOf(row, presets));
}

/** Adds a key to a webhook that is new. */
export async function insertKey(
  client: Queryable,
  accountId: string,
  webhookId: string,
  keyHash: Buffer,
  now: string,
): Promise<void> {
  await client.query(
    'insert into auth_key (key_hash, account_id, webhook_id, created_at) values ($1, $2, $3, $4)',
    [keyHash, accountId, webhookId, now],
  );
}

/** Adds a key; the ones before end at `oldKeysExpireAt`, or earlier where they were to. */
export async function rotateKey(
  { pool }: Db,
  accountId: string,
  webhookId: string,
  keyHash: Buffer,
  oldKeysExpireAt: string,
  actor: Actor,
  now: string,
): Promise<Webhook | null> {
  return changeSmallTables(pool, async (client) => {
    const { rows } = await client.query<WebhookRow>(
      `update incoming_webhook w set revision = revision + 1, updated_at = $3
       where account_id = $1 and webhook_id = $2 and deleted_at is null returning ${webhookColumns}`,
      [accountId, webhookId, now],
    );
    const [row] = rows;
    if (row === undefined) return null;
    await client.query(
      'update auth_key set expires_at = least(expires_at, $3) where account_id = $1 and webhook_id = $2',
      [accountId, webhookId, oldKeysExpireAt],
    );
    await insertKey(client, accountId, webhookId, keyHash, now);
    const changes = { old_keys_expire_at: { from: null, to: oldKeysExpireAt } };
    const target = { id: webhookId, name: row.name };
    await recordAct(client, { accountId, actor, action: 'webhook.key_rotated', target, changes }, now);
    return webhookOf(row);
  });
}

/** The secret that senders sign with from now on; the previous one stays valid until `oldSecretExpiresAt`. */
export async function rotateSigningSecret(
  { pool }: Db,
  accountId: string,
  webhookId: string,
  secret: string,
  oldSecretExpiresAt: string,
  actor: Actor,
  now: string,
): Promise<Webhook | null> {
  return changeSmallTables(pool, async (client) => {
    const { rows } = await client.query<WebhookRow>(
      `update incoming_webhook w set signing_secret = $3,
         previous_signing_secret = case when signing_secret is distinct from $3 then signing_secret end,
         previous_secret_expires_at = $4, revision = revision + 1, updated_at = $5
       where account_id = $1 and webhook_id = $2 and deleted_at is null returning ${webhookColumns}`,
      [accountId, webhookId, secret, oldSecretExpiresAt, now],
    );
    const [row] = rows;
    if (row === undefined) return null;
    const action = 'webhook.signing_secret_rotated';
    const changes = { old_secret_expires_at: { from: null, to: oldSecretExpiresAt } };
    const target = { id: webhookId, name: row.name };
    await recordAct(client, { accountId, actor, action, target, changes }, now);
    return webhookOf(row);
  });
}
