/** What must be true of every call's history, whatever happened to senders, servers and the database. */
import { expect } from 'vitest';

type Query = (sql: string) => Promise<Record<string, unknown>[]>;
type Change = { from: unknown; to: unknown };

const fields = [
  ...['converted', 'call_converted_at', 'revenue_paid_out', 'publisher_paid_out'],
  ...['reason', 'no_payout_reason'],
];

/** All changes of the calls' values, once each. Of a webhook of the type `calls`, they are in the event. */
const readChanges = `
select e.call_log_id, e.changes from call_event e
union all
select p.call_log_id, p.changes from postback p
left join incoming_webhook w on w.account_id = p.account_id and w.webhook_id = p.webhook_id
where p.status = 'applied' and not p.is_dry_run and p.changes is not null
  and coalesce(w.type, '') <> 'calls'`;

/**
 * Each change of a value begins where another one ended: put in a row, they lead from an empty call to what the call has
 * now. A change that was lost, was done twice, or was made to an old value breaks the chain. Not for calls that a waiting
 * postback has left for another one.
 * @returns how many changes there are
 */
export async function expectUnbrokenChains(query: Query): Promise<number> {
  const calls = await query(`select call_log_id, tags, ${fields.join()} from call`);
  const chains = new Map<string, Change[]>();
  for (const { call_log_id: id, changes } of await query(readChanges)) {
    for (const [field, change] of Object.entries(changes as Record<string, Change>)) {
      if (!fields.includes(field) && !field.startsWith('tags.')) continue;
      const key = `${id}\n${field}`;
      chains.set(key, [...(chains.get(key) ?? []), change]);
    }
  }
  const broken: string[] = [];
  const check = (id: unknown, field: string, now: unknown) => {
    const key = `${id}\n${field}`;
    if (!isChain(field, chains.get(key) ?? [], now))
      broken.push(`${id} ${field}: ${JSON.stringify(chains.get(key) ?? [])} does not lead to ${now}`);
    chains.delete(key);
  };
  const count = [...chains.values()].flat().length;
  for (const { call_log_id: id, tags, ...values } of calls) {
    for (const field of fields) check(id, field, values[field]);
    for (const [key, value] of Object.entries(tags as object)) check(id, `tags.${key}`, value);
  }
  for (const key of [...chains.keys()]) check(...(key.split('\n') as [string, string]), null); // tags that were removed
  expect(broken).toEqual([]);
  return count;
}

/** Of changes in any order: each value but the first and the last is left as often as it is reached, and all are linked. */
function isChain(field: string, changes: Change[], now: unknown): boolean {
  const start = field === 'converted' ? 'false' : 'null';
  const end = textOf(field, now);
  const balance = new Map<string, number>();
  const add = (value: string, by: number) => balance.set(value, (balance.get(value) ?? 0) + by);
  const reached = new Set([start]);
  const edges = changes.map(({ from, to }) => [textOf(field, from), textOf(field, to)] as const);
  for (const [from, to] of edges) {
    add(from, 1);
    add(to, -1);
  }
  add(start, -1);
  add(end, 1);
  let rest = edges;
  for (;;) {
    const linked = rest.filter(([from]) => reached.has(from));
    if (linked.length === 0) break;
    for (const [, to] of linked) reached.add(to);
    rest = rest.filter((edge) => !linked.includes(edge));
  }
  return rest.length === 0 && [...balance.values()].every((left) => left === 0);
}

/** One text for each value, as the database and the log write it. */
function textOf(field: string, value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (field.endsWith('_paid_out')) return String(Number(value));
  if (field.endsWith('_at')) return new Date(value as string | Date).toISOString();
  return String(value);
}
