/** Saved views: filters, period and sort of the list of calls under a name. All people of an account share them. */
import { makeOrderedId } from '../../ordered-id.ts';
import { type Actor, changesBetween, recordAct } from '../access/audit.ts';
import { changeSmallTables, type Db } from '../database/connections/db.ts';
import { isUniqueViolation } from '../database/failure.ts';
import { type Page, pageOf } from '../database/statements/page.ts';

export type NewView = { name: string; query: Record<string, string> };

export type SavedView = NewView & {
  viewId: string;
  createdBy: string;
  /** instants */
  createdAt: string;
  updatedAt: string;
};

const columns = `view_id as "viewId", name, query, created_by as "createdBy", created_at as "createdAt",
  updated_at as "updatedAt"`;

export async function createView(
  { pool }: Db,
  accountId: string,
  { name, query }: NewView,
  actor: Actor,
  now: string,
): Promise<SavedView | 'name_taken'> {
  return unlessTaken(() =>
    changeSmallTables(pool, async (client) => {
      const viewId = makeOrderedId();
      const { rows } = await client.query<SavedView>(
        `insert into saved_view (account_id, view_id, name, query, created_by, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $6) returning ${columns}`,
        [accountId, viewId, name, JSON.stringify(query), actor.name, now],
      );
      const [view] = rows;
      if (view === undefined) throw new Error('an insert returned no row');
      const changes = changesBetween({}, { query });
      await recordAct(
        client,
        { accountId, actor, action: 'view.created', target: { id: viewId, name }, changes },
        now,
      );
      return view;
    }),
  );
}

/** In the order of their names. @param after the name that the page before ended with */
export async function listViews(
  { pool }: Db,
  accountId: string,
  limit: number,
  after: string | null,
): Promise<Page<SavedView>> {
  const { rows } = await pool.query<SavedView>(
    `select ${columns} from saved_view where account_id = $1 and ($2::text is null or lower(name) > lower($2))
     order by lower(name) limit $3`,
    [accountId, after, limit + 1],
  );
  return pageOf(rows, limit, ({ name }) => name);
}

/** @returns null for an unknown one */
export async function changeView(
  { pool }: Db,
  accountId: string,
  viewId: string,
  changes: Partial<NewView>,
  actor: Actor,
  now: string,
): Promise<SavedView | 'name_taken' | null> {
  return unlessTaken(() =>
    changeSmallTables(pool, async (client) => {
      const { rows } = await client.query<SavedView>(
        `select ${columns} from saved_view where account_id = $1 and view_id = $2 for update`,
        [accountId, viewId],
      );
      const [before] = rows;
      if (before === undefined) return null;
      const after = { ...before, ...changes, updatedAt: now };
      await client.query(
        'update saved_view set name = $3, query = $4, updated_at = $5 where account_id = $1 and view_id = $2',
        [accountId, viewId, after.name, JSON.stringify(after.query), now],
      );
      const changed = changesBetween(
        { name: before.name, query: before.query },
        { name: after.name, query: after.query },
      );
      const target = { id: viewId, name: after.name };
      await recordAct(client, { accountId, actor, action: 'view.changed', target, changes: changed }, now);
      return after;
    }),
  );
}

/** @returns whether there was one */
export async function deleteView(
  { pool }: Db,
  accountId: string,
  viewId: string,
  actor: Actor,
  now: string,
): Promise<boolean> {
  return changeSmallTables(pool, async (client) => {
    const { rows } = await client.query<NewView>(
      'delete from saved_view where account_id = $1 and view_id = $2 returning name, query',
      [accountId, viewId],
    );
    const [view] = rows;
    if (view === undefined) return false;
    const target = { id: viewId, name: view.name };
    const changes = { query: { from: view.query, to: null } };
    await recordAct(client, { accountId, actor, action: 'view.deleted', target, changes }, now);
    return true;
  });
}

async function unlessTaken<Result>(change: () => Promise<Result>): Promise<Result | 'name_taken'> {
  try {
    return await change();
  } catch (error) {
    if (isUniqueViolation(error)) return 'name_taken';
    throw error;
  }
}
