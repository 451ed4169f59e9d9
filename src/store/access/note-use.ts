import type pg from 'pg';
import { isUnavailable } from '../database/failure.ts';

/** A use is noted again only after this time, so that hardly any request costs a write. */
const usedEveryMs = 5 * 60_000;

/**
 * Notes the use of a token or session now and then. The request goes on where that fails: another transaction may hold the
 * row, on Citus the table, or one of the nodes that it is written on is away.
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
    if (!isUnavailable(error)) throw error;
  });
}
