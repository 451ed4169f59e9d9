import { changeSmallTables, type Db } from '../database/connections/db.ts';
import { type Actor, recordAct } from './audit.ts';
import { noteUse } from './note-use.ts';
import { findPersonOwner } from './passwords.ts';
import { findTokenOwner, type TokenOwner } from './tokens.ts';

export type Session = { owner: TokenOwner; expiresAt: string };

/** One of an account's sessions. It is of the token or of the person that is named. Instants; the last use to a few minutes */
export type ListedSession = {
  sessionId: string;
  sessionHash: Buffer;
  tokenName: string | null;
  personName: string | null;
  createdAt: string;
  lastUsedAt: string;
  expiresAt: string;
  sourceIp: string | null;
  userAgent: string | null;
};

/** A session that was not used for so long is over. */
const sessionIdleMsMax = 24 * 3_600_000;
const sessionsListedMax = 500;

export type NewSession = {
  owner: TokenOwner;
  sessionHash: Buffer;
  /** of the token that opens it; null where a person does */
  tokenHash: Buffer | null;
  /** instant */
  expiresAt: string;
  sourceIp: string;
  userAgent: string | null;
};

/** Also clears away what expired: sessions are few and opened rarely. */
export async function createSession(
  { pool }: Db,
  { owner, sessionHash, tokenHash, expiresAt, sourceIp, userAgent }: NewSession,
  actor: Actor,
  now: string,
): Promise<void> {
  const { accountId, tokenId, personId, name } = owner;
  await changeSmallTables(pool, async (client) => {
    await client.query('delete from session where expires_at <= $1 or last_used_at <= $2', [
      now,
      idleSince(now),
    ]);
    await client.query(
      `insert into session
         (session_hash, token_hash, person_id, created_at, last_used_at, expires_at, source_ip, user_agent)
       values ($1, $2, $3, $4, $4, $5, $6, $7)`,
      [sessionHash, tokenHash, personId, now, expiresAt, sourceIp, userAgent],
    );
    if (personId !== null)
      await client.query('update person set last_signed_in_at = $2 where person_id = $1', [personId, now]);
    const changes = { expires_at: { from: null, to: expiresAt } };
    const target = { id: tokenId ?? personId, name };
    await recordAct(client, { accountId, actor, action: 'session.created', target, changes }, now);
  });
}

function idleSince(now: string): string {
  return new Date(Date.parse(now) - sessionIdleMsMax).toISOString();
}

/** Null for one that is unknown, expired, idle or ended, or whose token was revoked. Notes the use. */
export async function findSession(db: Db, sessionHash: Buffer, now: string): Promise<Session | null> {
  const { rows } = await db.pool.query<SessionRow>({
    name: 'find-session',
    text: `select token_hash, person_id, expires_at, last_used_at from session
      where session_hash = $1 and expires_at > $2 and last_used_at > $3`,
    values: [sessionHash, now, idleSince(now)],
  });
  const [row] = rows;
  const owner = row === undefined ? null : await findSessionOwner(db, row, now);
  if (row === undefined || owner === null) return null;
  const note = 'update session set last_used_at = $2 where session_hash = $1';
  await noteUse(db.pool, note, sessionHash, row.last_used_at, now);
  return { owner, expiresAt: row.expires_at };
}

type SessionRow = {
  token_hash: Buffer | null;
  person_id: string | null;
  expires_at: string;
  last_used_at: string;
};

async function findSessionOwner(db: Db, row: SessionRow, now: string): Promise<TokenOwner | null> {
  if (row.token_hash !== null) return findTokenOwner(db, row.token_hash, now);
  return row.person_id === null ? null : findPersonOwner(db.pool, row.person_id);
}

/** The sessions of an account that are not over, the one used last first. */
export async function listSessions({ pool }: Db, accountId: string, now: string): Promise<ListedSession[]> {
  const { rows } = await pool.query<ListedSession>(
    `select s.session_id as "sessionId", s.session_hash as "sessionHash", t.name as "tokenName", p.name as "personName", s.created_at as "createdAt",
       s.last_used_at as "lastUsedAt", s.expires_at as "expiresAt", s.source_ip as "sourceIp", s.user_agent as "userAgent"
     from session s left join api_token t on t.token_hash = s.token_hash left join person p on p.person_id = s.person_id
     where coalesce(t.account_id, p.account_id) = $1 and (t.expires_at is null or t.expires_at > $2) and s.expires_at > $2 and s.last_used_at > $3
     order by s.last_used_at desc, s.session_id limit ${sessionsListedMax}`,
    [accountId, now, idleSince(now)],
  );
  return rows;
}

/** Signs a browser out. @returns false where the account has no such session */
export async function endSession(
  { pool }: Db,
  accountId: string,
  sessionId: string,
  actor: Actor,
  now: string,
): Promise<boolean> {
  return changeSmallTables(pool, async (client) => {
    const { rows } = await client.query<{ id: string; name: string }>(
      `delete from session s using (
         select token_hash, null::uuid as person_id, token_id as id, name from api_token where account_id = $1
         union all select null, person_id, person_id, name from person where account_id = $1) as o
       where (o.token_hash = s.token_hash or o.person_id = s.person_id) and s.session_id = $2
       returning o.id, o.name`,
      [accountId, sessionId],
    );
    const [target] = rows;
    if (target === undefined) return false;
    await recordAct(client, { accountId, actor, action: 'session.ended', target, changes: {} }, now);
    return true;
  });
}

/** Which of these hashes of tokens and sessions open nothing any more: unknown, revoked, expired, signed out. */
export async function findEnded({ pool }: Db, secretHashes: Buffer[], now: string): Promise<Buffer[]> {
  const { rows } = await pool.query<{ hash: Buffer }>({
    name: 'find-ended',
    text: `select given.hash from unnest($1::bytea[]) as given(hash)
      where not exists (select from session where session_hash = given.hash and person_id is not null and expires_at > $2)
      and not exists (select from api_token where (expires_at is null or expires_at > $2) and token_hash = coalesce(
        (select token_hash from session where session_hash = given.hash and expires_at > $2), given.hash))`,
    values: [secretHashes, now],
  });
  return rows.map(({ hash }) => hash);
}

export async function deleteSession(
  { pool }: Db,
  accountId: string,
  sessionHash: Buffer,
  actor: Actor,
  now: string,
): Promise<void> {
  await changeSmallTables(pool, async (client) => {
    const { rowCount } = await client.query('delete from session where session_hash = $1', [sessionHash]);
    if (rowCount === 0) return;
    const target = { id: actor.tokenId ?? actor.personId ?? null, name: actor.name };
    await recordAct(client, { accountId, actor, action: 'session.ended', target, changes: {} }, now);
  });
}
