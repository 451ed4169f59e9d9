import { type Actor, recordAct } from '../access/audit.ts';
import { changeSmallTables, type Db } from '../database/connections/db.ts';

export type Acknowledgement = {
  faultId: string;
  cause: string;
  size: number;
  acknowledgedBy: string;
  /** instant */
  acknowledgedAt: string;
};

/** More faults than an account has webhooks and partners. */
const listedMax = 1_000;

export async function listAcknowledgements({ pool }: Db, accountId: string): Promise<Acknowledgement[]> {
  const { rows } = await pool.query<Acknowledgement>(
    `select fault_id as "faultId", cause, size, acknowledged_by as "acknowledgedBy",
       acknowledged_at as "acknowledgedAt"
     from acknowledgement where account_id = $1 order by fault_id limit ${listedMax}`,
    [accountId],
  );
  return rows;
}

/** The newest one counts. */
export async function acknowledge(
  { pool }: Db,
  accountId: string,
  { id, cause, size }: { id: string; cause: string; size: number },
  actor: Actor,
  now: string,
): Promise<void> {
  await changeSmallTables(pool, async (client) => {
    await client.query(
      `insert into acknowledgement (account_id, fault_id, cause, size, acknowledged_by, acknowledged_at)
       values ($1, $2, $3, $4, $5, $6)
       on conflict (account_id, fault_id) do update set cause = excluded.cause, size = excluded.size,
         acknowledged_by = excluded.acknowledged_by, acknowledged_at = excluded.acknowledged_at`,
      [accountId, id, cause, size, actor.name, now],
    );
    const target = { id: null, name: id };
    await recordAct(client, { accountId, actor, action: 'attention.acknowledged', target, changes: {} }, now);
  });
}

/** Shows the fault again. @returns whether it was acknowledged */
export async function withdrawAcknowledgement(
  { pool }: Db,
  accountId: string,
  faultId: string,
  actor: Actor,
  now: string,
): Promise<boolean> {
  return changeSmallTables(pool, async (client) => {
    const { rowCount } = await client.query(
      'delete from acknowledgement where account_id = $1 and fault_id = $2',
      [accountId, faultId],
    );
    if (rowCount === 0) return false;
    const target = { id: null, name: faultId };
    await recordAct(client, { accountId, actor, action: 'attention.reopened', target, changes: {} }, now);
    return true;
  });
}

/** Removes those whose fault has ended. @param foundAt when the faults were looked for, an instant */
export async function removeEnded(
  { pool }: Db,
  accountId: string,
  faultIds: string[],
  foundAt: string,
): Promise<void> {
  await pool.query(
    'delete from acknowledgement where account_id = $1 and fault_id = any($2::text[]) and acknowledged_at < $3',
    [accountId, faultIds, foundAt],
  );
}
