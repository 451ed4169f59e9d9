/** The audit log: every administrative act, written in the transaction of what was done. */
import type { AuditAction } from '../../core/access/audit-action.ts';
import { makeOrderedId } from '../../ordered-id.ts';
import type { Db, Queryable } from '../database/connections/db.ts';
import { firstIdAt } from '../database/statements/first-id.ts';
import { type Page, pageOf } from '../database/statements/page.ts';
import { Where } from '../database/statements/where.ts';

/** Before and after of what changed, by the names of the wire. */
export type AuditChanges = Record<string, { from: unknown; to: unknown }>;

/** Who acts, by name, and from which address: a token, a person, or the command line, which is neither. */
export type Actor = {
  name: string;
  tokenId: string | null;
  personId?: string | null;
  sourceIp: string | null;
};

export type Act = {
  accountId: string;
  actor: Actor;
  action: AuditAction;
  target: { id: string | null; name: string };
  /** before and after by field, without secrets */
  changes: AuditChanges;
};

export type AuditEvent = {
  event_id: string;
  /** instant */
  at: string;
  actor: string;
  actor_token_id: string | null;
  actor_person_id: string | null;
  source_ip: string | null;
  action: AuditAction;
  target_id: string | null;
  target_name: string | null;
  changes: AuditChanges;
};

/** `from` and `to` are instants. */
export type AuditFilter = Partial<{
  action: AuditAction;
  targetId: string;
  personId: string;
  from: string;
  to: string;
}>;

export async function recordAct(
  client: Queryable,
  { accountId, actor, action, target, changes }: Act,
  now: string,
): Promise<void> {
  await client.query(
    `insert into audit_event
       (account_id, event_id, at, actor, actor_token_id, actor_person_id, source_ip, action, target_id, target_name, changes)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      accountId,
      makeOrderedId(),
      now,
      actor.name,
      actor.tokenId,
      actor.personId ?? null,
      actor.sourceIp,
      action,
      target.id,
      target.name,
      JSON.stringify(changes),
    ],
  );
}

/** Newest first. @param before the id that the page before ended with */
export async function listAuditEvents(
  { pool }: Db,
  accountId: string,
  { action, targetId, personId, from, to }: AuditFilter,
  limit: number,
  before: string | null,
): Promise<Page<AuditEvent>> {
  const where = new Where('account_id', accountId);
  where.equal('action', action);
  where.equal('target_id', targetId);
  where.equal('actor_person_id', personId);
  // Ids are in order of time: the primary key serves the time window too.
  if (from !== undefined) where.add((p) => `event_id >= ${p(firstIdAt(Date.parse(from)))}`);
  if (to !== undefined) where.add((p) => `event_id < ${p(firstIdAt(Date.parse(to) + 1))}`);
  if (before !== null) where.add((p) => `event_id < ${p(before)}`);
  const { rows } = await pool.query<AuditEvent>(
    `select event_id, at, actor, actor_token_id, actor_person_id, source_ip, action, target_id, target_name, changes
     from audit_event where ${where.text} order by event_id desc limit ${limit + 1}`,
    where.values,
  );
  return pageOf(rows, limit, ({ event_id }) => event_id);
}

/** The fields that differ, by their names. */
export function changesBetween(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): AuditChanges {
  const changed = Object.keys(after).filter(
    (name) => JSON.stringify(before[name] ?? null) !== JSON.stringify(after[name] ?? null),
  );
  return Object.fromEntries(
    changed.map((name) => [name, { from: before[name] ?? null, to: after[name] ?? null }]),
  );
}

/** In place of a secret. */
export function markOf(secret: string | null): 'hidden' | null {
  return secret === null ? null : 'hidden';
}
