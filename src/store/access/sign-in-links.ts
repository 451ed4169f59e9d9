/** Links that sign a browser in once, in place of a token. */
import type { Db } from '../database/connections/db.ts';
import { findTokenOwner, type TokenOwner } from './tokens.ts';

/** @param expiresAt instant */
export async function createSignInLink(
  { pool }: Db,
  linkHash: Buffer,
  tokenHash: Buffer,
  expiresAt: string,
  now: string,
): Promise<void> {
  await pool.query('delete from sign_in_link where expires_at <= $1', [now]);
  await pool.query('insert into sign_in_link (link_hash, token_hash, expires_at) values ($1, $2, $3)', [
    linkHash,
    tokenHash,
    expiresAt,
  ]);
}

/** Uses the link up. @returns null for one that is unknown, used or too old */
export async function takeSignInLink(
  db: Db,
  linkHash: Buffer,
  now: string,
): Promise<(TokenOwner & { tokenHash: Buffer }) | null> {
  const { rows } = await db.pool.query<{ token_hash: Buffer }>(
    'delete from sign_in_link where link_hash = $1 and expires_at > $2 returning token_hash',
    [linkHash, now],
  );
  const tokenHash = rows[0]?.token_hash;
  const owner = tokenHash === undefined ? null : await findTokenOwner(db, tokenHash, now);
  return tokenHash === undefined || owner === null ? null : { ...owner, tokenHash };
}
