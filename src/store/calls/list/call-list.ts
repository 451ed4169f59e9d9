/**
 * The list of calls in the order of their starts, the latest first unless asked otherwise. A page is found along indexes, however many calls there are. What no index
 * knows is looked for call by call, and in at most 200,000 of them a page: a page may be short, or empty, and its
 * cursor tells where the next one looks on.
 */
import type { Call } from '../../../core/calls/call.ts';
import type { Db, Queryable } from '../../database/connections/db.ts';
import { Where } from '../../database/statements/where.ts';
import { type CallRow, callColumns, callOf } from '../call-columns.ts';
import { type CallFilter, type CallSearch, searchOf } from './call-filter.ts';
import { resolveSearch } from './call-search.ts';

export type CallCursor = { startedAt: string; callLogId: string };

export type CallPage<Cursor = CallCursor> = {
  items: Call[];
  /** where the next page begins; null at the end of the list */
  cursor: Cursor | null;
  /** true where the page ends because enough calls were looked at, not because it is full */
  isCutShort: boolean;
};

/**
 * Calls that one page looks at for what no index knows, in steps: most filters find their page in the first, and a
 * small limit has it planned along an index. All steps took 0.3 s for a tag that no call has (1,000,000 calls).
 */
const stepsDefault = [2_000, 20_000, 178_000];

export async function listCalls(
  db: Db,
  accountId: string,
  filter: CallFilter,
  limit: number,
  after: CallCursor | null,
  isOldestFirst = false,
  steps = stepsDefault,
): Promise<CallPage> {
  const { pool } = db;
  const search = { ...searchOf(await resolveSearch(db, accountId, filter)), isOldestFirst };
  if (search.unindexed.length === 0)
    return pageOf(await find(pool, accountId, search, limit + 1, after, null), limit);
  const found: Call[] = [];
  let from = after;
  for (const step of steps) {
    const calls = await find(pool, accountId, search, limit + 1 - found.length, from, step);
    const isEnough = found.length + calls.length > limit;
    const end =
      isEnough && search.leads.length === 1 ? null : await findStepEnd(pool, accountId, search, from, step);
    found.push(
      ...(end === null ? calls : calls.filter((call) => isNotAfter(cursorAt(call), end, isOldestFirst))),
    );
    if (end === null || found.length > limit) return pageOf(found, limit);
    from = end;
  }
  return { items: found, cursor: from, isCutShort: true };
}

type OrderedSearch = CallSearch & { isOldestFirst: boolean };

function orderOf({ isOldestFirst }: OrderedSearch): string {
  return isOldestFirst ? 'order by started_at, call_log_id' : 'order by started_at desc, call_log_id desc';
}

function pageOf(found: Call[], limit: number): CallPage {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const cursor = found.length > limit && last !== undefined ? cursorAt(last) : null;
  return { items, cursor, isCutShort: false };
}

/** @param step how many calls each lead may look at; null where the indexes find them all */
async function find(
  client: Queryable,
  accountId: string,
  search: OrderedSearch,
  limit: number,
  after: CallCursor | null,
  step: number | null,
): Promise<Call[]> {
  const values: unknown[] = []; // $1 is the account: every lead begins with it
  const order = orderOf(search);
  const branches = search.leads.map((_lead, at) => {
    const where = leadWhere(values, accountId, search, at, after);
    if (step === null) return `from call c where ${where.text} ${order} limit ${limit}`;
    const looked = `from (select * from call c where ${where.text} ${order} limit ${step})`;
    const hits = search.unindexed.map((condition) => condition((value) => `$${values.push(value)}`));
    return `${looked} as c where ${hits.join(' and ')} ${order} limit ${limit}`;
  });
  const text = branches.length === 1 ? `select ${callColumns} ${branches[0]}` : unite(branches, order, limit);
  const { rows } = await client.query<CallRow>(text, values);
  return rows.map(callOf);
}

/** Each lead finds the keys of at most a page along its index; the calls themselves are read once, at the end. */
function unite(branches: string[], order: string, limit: number): string {
  const keys = branches.map((branch) => `(select c.started_at, c.call_log_id ${branch})`).join(' union ');
  return `select ${callColumns} from (select * from (${keys}) as found ${order} limit ${limit}) as key
    join call c on c.account_id = $1 and c.call_log_id = key.call_log_id
    ${order.replace('started_at', 'key.started_at').replace('call_log_id', 'key.call_log_id')}`;
}

/** The last call that a step looked at; null where a step came to the end of the list. Of several leads, the first to end. */
async function findStepEnd(
  client: Queryable,
  accountId: string,
  search: OrderedSearch,
  after: CallCursor | null,
  step: number,
): Promise<CallCursor | null> {
  const values: unknown[] = [];
  const order = orderOf(search);
  const ends = search.leads.map((_lead, at) => {
    const { text } = leadWhere(values, accountId, search, at, after);
    return `(select started_at, call_log_id from call c where ${text} ${order} offset ${step - 1} limit 1)`;
  });
  const { rows } = await client.query<{ started_at: string; call_log_id: string }>(
    `select * from (${ends.join(' union all ')}) as ends ${order} limit 1`,
    values,
  );
  return rows[0] === undefined ? null : { startedAt: rows[0].started_at, callLogId: rows[0].call_log_id };
}

function leadWhere(
  values: unknown[],
  accountId: string,
  { leads, indexed, isOldestFirst }: OrderedSearch,
  at: number,
  after: CallCursor | null,
): Where {
  const where = new Where('c.account_id', accountId, values);
  for (const condition of [...leads.slice(at, at + 1), ...indexed]) where.add(condition);
  if (after !== null) {
    where.add(
      (p) =>
        `(c.started_at, c.call_log_id) ${isOldestFirst ? '>' : '<'} (${p(after.startedAt)}::timestamptz, ${p(after.callLogId)})`,
    );
  }
  return where;
}

function cursorAt({ facts, callLogId }: Call): CallCursor {
  return { startedAt: String(facts.started_at), callLogId };
}

/** In the order of the list, which is that of code points in ids. */
function isNotAfter(one: CallCursor, other: CallCursor, isOldestFirst: boolean): boolean {
  const isStartGreater = one.startedAt > other.startedAt;
  const byId = Buffer.compare(Buffer.from(one.callLogId), Buffer.from(other.callLogId));
  const isGreater = one.startedAt === other.startedAt ? byId > 0 : isStartGreater;
  return isGreater !== isOldestFirst || (one.startedAt === other.startedAt && byId === 0);
}
