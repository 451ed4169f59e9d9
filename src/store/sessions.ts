import { findTokenOwner, type TokenOwner } from './accounts.ts';
import { type Db, inTransaction } from './db.ts';

export type Session = { owner: TokenOwner; expiresAt: string };

/** Also clears away what expired: sessions are few and opened rarely. */
export async function createSession(
  { pool }: Db,
  sessionHash: Buffer,
  tokenHash: Buffer,
  expiresAt: string,
  now: string,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query('delete from session where expires_at <= $1', [now]);
    await client.query(
      'insert into session (session_hash, token_hash, created_at, expires_at) values ($1, $2, $3, $4)',
      [sessionHash, tokenHash, now, expiresAt],
    );
  });
}

/** Null for one that is unknown, expired or ended, and for one whose token speaks for nobody any more. */
export async function findSession(db: Db, sessionHash: Buffer, now: string): Promise<Session | null> {
  const { rows } = await db.pool.query<{ token_hash: Buffer; expires_at: string }>({
    name: 'find-session',
    text: 'select token_hash, expires_at from session where session_hash = $1 and expires_at > $2',
    values: [sessionHash, now],
  });
  const owner = rows[0] === undefined ? null : await findTokenOwner(db, rows[0].token_hash);
  return rows[0] === undefined || owner === null ? null : { owner, expiresAt: rows[0].expires_at };
}

export async function deleteSession({ pool }: Db, sessionHash: Buffer): Promise<void> {
  await pool.query('delete from session where session_hash = $1', [sessionHash]);
}
