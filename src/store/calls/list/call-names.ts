import type { Db } from '../../database/connections/db.ts';
import { type Page, pageOf } from '../../database/statements/page.ts';

/** What calls are booked on, by name. */
export const nameColumns = ['campaign', 'publisher', 'buyer'] as const;
export type NameColumn = (typeof nameColumns)[number];

/** Names that one page looks at for a text within them; the next one looks on. Each costs one step along the index. */
const lookedAtMax = 5_000;

/**
 * The names in a column of an account's calls, each once, in alphabetical order. From one name the index leads to the
 * next in one step, however many calls bear it.
 * @param within only names that hold this text, in upper or lower case
 * @param after the name that the page before ended with
 */
export async function listNames(
  { pool }: Db,
  accountId: string,
  column: NameColumn,
  within: string | null,
  limit: number,
  after: string | null,
  lookedAt = within === null ? limit + 1 : lookedAtMax,
): Promise<Page<string>> {
  const next = (condition: string) =>
    `(select c.${column} from call c where c.account_id = $1 and c.${column} ${condition} order by c.${column} limit 1)`;
  const { rows } = await pool.query<{ name: string; at: number; is_hit: boolean }>(
    `with recursive step(name, at) as (
       select ${next(after === null ? '>= $2' : '> $2')}, 1
       union all
       select ${next('> step.name')}, step.at + 1 from step where step.name is not null and step.at < $4
     ), looked as (
       select name, at, $3::text is null or strpos(lower(name), lower($3)) > 0 as is_hit from step where name is not null
     )
     select name, at, is_hit from looked where is_hit or at = $4 order by at limit $5`,
    [accountId, after ?? '', within, lookedAt, limit + 1],
  );
  const hits = rows.filter((row) => row.is_hit).map((row) => row.name);
  const last = rows.at(-1);
  const isCutShort = within !== null && hits.length <= limit && last?.at === lookedAt;
  return isCutShort ? { items: hits, cursor: last.name } : pageOf(hits, limit, (name) => name);
}
