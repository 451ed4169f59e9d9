import type { Queryable } from '../../database/connections/db.ts';

export type Resume = 'all' | 'newest' | 'none';

/** Every event that was stored becomes due at once, with all its attempts. */
const makeDue = `
update delivery set next_attempt_at = statement_timestamp(), attempt_count = 0, lease_id = null
where account_id = $1 and webhook_id = $2 and status = 'pending'`;

/** All but the newest event of each call. */
const supersede = `
update delivery d set status = 'superseded', lease_id = null, finished_at = statement_timestamp()
where d.account_id = $1 and d.webhook_id = $2 and d.status = 'pending' and exists (
  select from delivery e where e.account_id = $1 and e.webhook_id = d.webhook_id
    and e.call_log_id = d.call_log_id and e.sequence > d.sequence and e.status = 'pending')`;

const discard = `
update delivery set status = 'discarded', lease_id = null, finished_at = statement_timestamp()
where account_id = $1 and webhook_id = $2 and status = 'pending'`;

/** What happens to the events that a webhook has not got yet: all in order, the newest of each call, or none. */
export async function resumeDeliveries(
  client: Queryable,
  accountId: string,
  webhookId: string,
  resume: Resume,
): Promise<void> {
  const statements = { all: [makeDue], newest: [supersede, makeDue], none: [discard] };
  for (const statement of statements[resume]) await client.query(statement, [accountId, webhookId]);
}
