import type pg from 'pg';
import { isConnectionFailure } from '../database/failure.ts';

/** A use is noted again only after this time, so that hardly any request costs a write. */
const usedEveryMs = 5 * 60_000;

/**
 * Notes the use of a token or session now and then. The request goes on where that fails: on Citus it is written on every
 * node, and one of them may be away.
 * @param lastNotedAt instant, or null
 */
export async function noteUse(
  pool: Pick<pg.Pool, 'query'>,
  statement: string,
  hash: Buffer,
  lastNotedAt: string | null,
  now: string,
): Promise<void> {
  const notedMs = lastNotedAt === null ? 0 : Date.parse(lastNotedAt);
  if (Date.parse(now) - notedMs < usedEveryMs) return;
  await pool.query(statement, [hash, now]).catch((error: unknown) => {
    if (!isConnectionFailure(error)) throw error;
  });
}
