import { type Db, inTransaction } from '../database/db.ts';
import { type Actor, recordAct } from './audit.ts';
import { findTokenOwner, type TokenOwner } from './tokens.ts';

export type Session = { owner: TokenOwner; expiresAt: string };

export type NewSession = {
  owner: TokenOwner;
  sessionHash: Buffer;
  /** of the token that opens it */
  tokenHash: Buffer;
  /** instant */
  expiresAt: string;
};

/** Also clears away what expired: sessions are few and opened rarely. */
export async function createSession(
  { pool }: Db,
  { owner, sessionHash, tokenHash, expiresAt }: NewSession,
  actor: Actor,
  now: string,
): Promise<void> {
  const { accountId, tokenId, name } = owner;
  await inTransaction(pool, async (client) => {
    await client.query('delete from session where expires_at <= $1', [now]);
    await client.query(
      'insert into session (session_hash, token_hash, created_at, expires_at) values ($1, $2, $3, $4)',
      [sessionHash, tokenHash, now, expiresAt],
    );
    const changes = { expires_at: { from: null, to: expiresAt } };
    const target = { id: tokenId, name };
    await recordAct(client, { accountId, actor, action: 'session.created', target, changes }, now);
  });
}

/** Null for one that is unknown, expired or ended, and for one whose token speaks for nobody any more. */
export async function findSession(db: Db, sessionHash: Buffer, now: string): Promise<Session | null> {
  const { rows } = await db.pool.query<{ token_hash: Buffer; expires_at: string }>({
    name: 'find-session',
    text: 'select token_hash, expires_at from session where session_hash = $1 and expires_at > $2',
    values: [sessionHash, now],
  });
  const owner = rows[0] === undefined ? null : await findTokenOwner(db, rows[0].token_hash, now);
  return rows[0] === undefined || owner === null ? null : { owner, expiresAt: rows[0].expires_at };
}

/** Which of these hashes of tokens and sessions open nothing any more: unknown, revoked, expired, signed out. */
export async function findEnded({ pool }: Db, secretHashes: Buffer[], now: string): Promise<Buffer[]> {
  const { rows } = await pool.query<{ hash: Buffer }>({
    name: 'find-ended',
    text: `select given.hash from unnest($1::bytea[]) as given(hash)
      where not exists (select from api_token where (expires_at is null or expires_at > $2) and token_hash = coalesce(
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
  await inTransaction(pool, async (client) => {
    const { rowCount } = await client.query('delete from session where session_hash = $1', [sessionHash]);
    if (rowCount === 0) return;
    const target = { id: actor.tokenId, name: actor.name };
    await recordAct(client, { accountId, actor, action: 'session.ended', target, changes: {} }, now);
  });
}
