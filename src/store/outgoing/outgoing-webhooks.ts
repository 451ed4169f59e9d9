/** Outgoing webhooks as their owner makes, reads and changes them. */
import { noFilter } from '../../core/outgoing/events/event-filter.ts';
import { makeOrderedId } from '../../ordered-id.ts';
import { type Actor, changesBetween, recordAct } from '../access/audit.ts';
import { changeSmallTables, type Db, type Queryable } from '../database/connections/db.ts';
import { givenColumns } from '../database/statements/given-columns.ts';
import { type Page, pageOf } from '../database/statements/page.ts';
import { type Resume, resumeDeliveries } from './deliveries/resume-deliveries.ts';
import { afterEvents } from './events/follow-timeline.ts';
import {
  auditedOutgoingOf,
  type OutgoingRow,
  type OutgoingSettings,
  type OutgoingWebhook,
  outgoingColumns,
  outgoingOf,
} from './outgoing-rows.ts';

export type OutgoingChanges = Partial<OutgoingSettings & { isPaused: boolean }>;

const columnOf = {
  name: 'name',
  url: 'url',
  method: 'method',
  events: 'events',
  filter: 'filter',
  format: 'format',
  headers: 'headers',
  body: 'body',
  empty: 'empty',
  order: '"order"',
  maxPerMinute: 'max_per_minute',
  preset: 'preset',
} as const satisfies Record<keyof OutgoingSettings, string>;

/** It gets the events of what is committed from now on, by the clock that sets `written_at`. */
export async function createOutgoing(
  db: Db,
  accountId: string,
  settings: OutgoingSettings,
  secret: string,
  actor: Actor,
  now: string,
): Promise<OutgoingWebhook> {
  const { columns, values } = givenColumns(columnOf, {
    ...settings,
    filter: { ...noFilter, ...settings.filter },
  });
  const parameters = values.map((_value, at) => `$${at + 4}`);
  return afterEvents(db, accountId, async (client) => {
    const { rows } = await client.query<OutgoingRow>(
      `insert into outgoing_webhook as w (account_id, webhook_id, created_at, updated_at, secret, ${columns.join(', ')})
       values ($1, $2, clock_timestamp(), clock_timestamp(), $3, ${parameters.join(', ')}) returning ${outgoingColumns}`,
      [accountId, makeOrderedId(), secret, ...values],
    );
    const [row] = rows;
    if (row === undefined) throw new Error('an insert returned no row');
    const target = { id: row.webhook_id, name: row.name };
    const changes = changesBetween({}, auditedOutgoingOf(row));
    await recordAct(client, { accountId, actor, action: 'outgoing_webhook.created', target, changes }, now);
    return outgoingOf(row);
  });
}

export type ListedOutgoing = OutgoingWebhook & { pending: number };

/** Beyond, `pending` is this number. */
const pendingMax = 10_000;
const pendingColumn = `(select count(*)::int from (select from delivery d where d.account_id = $1
  and d.webhook_id = w.webhook_id and d.status = 'pending' limit ${pendingMax}) as waiting) as pending`;
type ListedRow = OutgoingRow & { pending: number };

/** Newest first. @param before the id that the page before ended with */
export async function listOutgoing(
  { pool }: Db,
  accountId: string,
  limit: number,
  before: string | null,
): Promise<Page<ListedOutgoing>> {
  const { rows } = await pool.query<ListedRow>(
    `select ${outgoingColumns}, ${pendingColumn} from outgoing_webhook w
     where w.account_id = $1 and w.deleted_at is null and ($2::uuid is null or w.webhook_id < $2::uuid)
     order by w.webhook_id desc limit $3`,
    [accountId, before, limit + 1],
  );
  return pageOf(rows.map(listedOf), limit, ({ webhookId }) => webhookId);
}

export async function findOutgoing(
  { pool }: Db,
  accountId: string,
  webhookId: string,
): Promise<(ListedOutgoing & { secrets: string[] }) | null> {
  const { rows } = await pool.query<ListedRow & { secrets: string[] }>(
    `select ${outgoingColumns}, ${pendingColumn}, ${secretsColumn} from outgoing_webhook w
     where w.account_id = $1 and w.webhook_id = $2 and w.deleted_at is null`,
    [accountId, webhookId],
  );
  return rows[0] === undefined ? null : { ...listedOf(rows[0]), secrets: rows[0].secrets };
}

/** Those that sign now: the newest first. */
export const secretsColumn = `array_remove(array[w.secret,
  case when w.previous_secret_expires_at > clock_timestamp() then w.previous_secret end], null) as secrets`;

/** @param resume what happens to the events that were stored while it was paused */
export async function changeOutgoing(
  db: Db,
  accountId: string,
  webhookId: string,
  { isPaused, ...settings }: OutgoingChanges,
  resume: Resume,
  actor: Actor,
  now: string,
): Promise<OutgoingWebhook | null> {
  const { columns, values } = givenColumns(columnOf, settings);
  const set = columns.map((column, at) => `${column} = $${at + 4}, `).join('');
  return afterEvents(db, accountId, async (client) => {
    const before = await lockOutgoing(client, accountId, webhookId);
    if (before === undefined) return null;
    const { rows } = await client.query<OutgoingRow>(
      `update outgoing_webhook w set ${set}${pauseOf(isPaused, before.is_paused)} updated_at = $3
       where account_id = $1 and webhook_id = $2 returning ${outgoingColumns}`,
      [accountId, webhookId, now, ...values],
    );
    const [after] = rows;
    if (after === undefined) throw new Error('a row that is locked is gone');
    if (before.is_paused && isPaused === false) await resumeDeliveries(client, accountId, webhookId, resume);
    const changes = changesBetween(auditedOutgoingOf(before), auditedOutgoingOf(after));
    if (before.is_paused && isPaused === false) changes['resume'] = { from: null, to: resume };
    const target = { id: webhookId, name: after.name };
    if (Object.keys(changes).length > 0)
      await recordAct(client, { accountId, actor, action: 'outgoing_webhook.changed', target, changes }, now);
    return outgoingOf(after);
  });
}

function pauseOf(isPaused: boolean | undefined, wasPaused: boolean): string {
  if (isPaused === undefined || isPaused === wasPaused) return '';
  return isPaused
    ? `is_paused = true, paused_reason = 'by_hand', paused_at = $3,`
    : 'is_paused = false, paused_reason = null, paused_at = null, failing_since = null, next_send_at = null,';
}

/**
 * What was not delivered is discarded, also what is being stored right now. Its name stays in the log.
 * @returns false when there is none
 */
export async function deleteOutgoing(
  db: Db,
  accountId: string,
  webhookId: string,
  actor: Actor,
  now: string,
): Promise<boolean> {
  return afterEvents(db, accountId, async (client) => {
    const before = await lockOutgoing(client, accountId, webhookId);
    if (before === undefined) return false;
    await client.query(
      `update outgoing_webhook set deleted_at = $3, secret = '', previous_secret = null, headers = '{}'
       where account_id = $1 and webhook_id = $2`,
      [accountId, webhookId, now],
    );
    await resumeDeliveries(client, accountId, webhookId, 'none');
    const target = { id: webhookId, name: before.name };
    await recordAct(
      client,
      { accountId, actor, action: 'outgoing_webhook.deleted', target, changes: {} },
      now,
    );
    return true;
  });
}

/** Both secrets sign until the old one expires. */
export async function rotateOutgoingSecret(
  { pool }: Db,
  accountId: string,
  webhookId: string,
  secret: string,
  oldSecretExpiresAt: string,
  actor: Actor,
  now: string,
): Promise<OutgoingWebhook | null> {
  return changeSmallTables(pool, async (client) => {
    const { rows } = await client.query<OutgoingRow>(
      `update outgoing_webhook w set previous_secret = secret, secret = $3, previous_secret_expires_at = $4, updated_at = $5
       where account_id = $1 and webhook_id = $2 and deleted_at is null returning ${outgoingColumns}`,
      [accountId, webhookId, secret, oldSecretExpiresAt, now],
    );
    const [row] = rows;
    if (row === undefined) return null;
    const changes = { old_secret_expires_at: { from: null, to: oldSecretExpiresAt } };
    const target = { id: webhookId, name: row.name };
    await recordAct(
      client,
      { accountId, actor, action: 'outgoing_webhook.secret_rotated', target, changes },
      now,
    );
    return outgoingOf(row);
  });
}

async function lockOutgoing(
  client: Queryable,
  accountId: string,
  webhookId: string,
): Promise<OutgoingRow | undefined> {
  const { rows } = await client.query<OutgoingRow>(
    `select ${outgoingColumns} from outgoing_webhook w
     where w.account_id = $1 and w.webhook_id = $2 and w.deleted_at is null for no key update`,
    [accountId, webhookId],
  );
  return rows[0];
}

function listedOf(row: ListedRow): ListedOutgoing {
  return { ...outgoingOf(row), pending: row.pending };
}
