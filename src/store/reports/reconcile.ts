/** Our side of a reconciliation, in pages: what we have booked on calls. Reads only, locks nothing. */
import type { OurAmount, ReconciledAmount } from '../../core/reports/reconcile.ts';
import type { CallCursor } from '../calls/list/call-list.ts';
import type { Db } from '../database/connections/db.ts';
import { Where } from '../database/statements/where.ts';

/** Which of our calls a statement is about. */
export type StatementScope = {
  amount: ReconciledAmount;
  /** instants of the start; `to` is the first that is no more of the period */
  from: string;
  to: string;
  /** whose statement it is; absent: everybody's */
  partner: Partial<Record<'publisher' | 'buyer' | 'campaign', string>>;
};

/** A line of a statement that names its call by number, and by start where it tells it. */
export type NumberedLine = { phoneNumber: string; startedAt: string | null };

type AmountRow = {
  call_log_id: string;
  started_at: string;
  amount: string | null;
  is_held: boolean;
  publisher: string | null;
  buyer: string | null;
  campaign: string | null;
};

/** Only a publisher's payout is held by a no_payout_reason, and only once the call is completed. */
function columnsOf(amount: ReconciledAmount): string {
  const held =
    amount === 'publisher_paid_out' ? `(c.no_payout_reason is not null and c.state = 'completed')` : 'false';
  return `c.call_log_id, c.started_at, c.${amount} as amount, ${held} as is_held, c.publisher, c.buyer, c.campaign`;
}

/** What we have of the calls with these ids, whenever they were and whosever they are; along the primary key. */
export async function readAmounts(
  { pool }: Db,
  accountId: string,
  scope: StatementScope,
  callLogIds: string[],
): Promise<Map<string, OurAmount>> {
  const { rows } = await pool.query<AmountRow>(
    `select ${columnsOf(scope.amount)} from call c where c.account_id = $1 and c.call_log_id = any($2)`,
    [accountId, callLogIds],
  );
  return new Map(rows.map((row) => [row.call_log_id, amountOf(row, scope)]));
}

/** The calls of the period, earliest first; along call_by_start or the index of the partner. */
export async function listAmounts(
  { pool }: Db,
  accountId: string,
  scope: StatementScope,
  limit: number,
  after: CallCursor | null,
): Promise<{ items: OurAmount[]; cursor: CallCursor | null }> {
  const where = new Where('c.account_id', accountId);
  for (const [name, value] of Object.entries(scope.partner)) where.equal(`c.${name}`, value);
  where.add((p) => `c.started_at >= ${p(scope.from)} and c.started_at < ${p(scope.to)}`);
  if (after !== null) {
    where.add(
      (p) => `(c.started_at, c.call_log_id) > (${p(after.startedAt)}::timestamptz, ${p(after.callLogId)})`,
    );
  }
  // The cursor has microseconds where a call was sent with them: else the page would not end.
  const { rows } = await pool.query<AmountRow & { place: string }>(
    `select ${columnsOf(scope.amount)}, c.started_at::text as place from call c where ${where.text}
     order by c.started_at, c.call_log_id limit ${limit}`,
    where.values,
  );
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return {
    items: rows.map((row) => amountOf(row, scope)),
    cursor: last === undefined ? null : { startedAt: last.place, callLogId: last.call_log_id },
  };
}

/** A partner's clock and ours differ. */
const startTolerance = '5 minutes';

/**
 * The partner's calls that each line may mean, the one nearest to its start first: at most two, which is enough to
 * know that a line is ambiguous. Along call_by_phone.
 */
const matchNumbers = `
select w.at, m.ids, m.distances
from json_to_recordset($2) as w(at integer, phone_number text, started_at timestamptz)
cross join lateral (
  select (array_agg(n.call_log_id order by n.distance, n.call_log_id))[1:2] as ids,
    (array_agg(n.distance order by n.distance, n.call_log_id))[1:2] as distances
  from (
    select c.call_log_id, abs(extract(epoch from c.started_at - w.started_at))::float8 as distance
    from call c
    where c.account_id = $1 and c.phone_number = w.phone_number
      and c.started_at >= coalesce(w.started_at - interval '${startTolerance}', $3::timestamptz)
      and c.started_at < coalesce(w.started_at + interval '${startTolerance}', $4::timestamptz)
      and ($5::text is null or c.publisher = $5) and ($6::text is null or c.buyer = $6)
      and ($7::text is null or c.campaign = $7)
  ) n
) m`;

/** For each line the id of its call, null where there is none, or `ambiguous`. */
export async function matchNumberedLines(
  { pool }: Db,
  accountId: string,
  { from, to, partner }: StatementScope,
  lines: NumberedLine[],
): Promise<({ callLogId: string } | 'ambiguous' | null)[]> {
  type Row = { at: number; ids: string[] | null; distances: (number | null)[] | null };
  const wanted = lines.map(({ phoneNumber, startedAt }, at) => ({
    at,
    phone_number: phoneNumber,
    started_at: startedAt,
  }));
  const { publisher = null, buyer = null, campaign = null } = partner;
  const values = [accountId, JSON.stringify(wanted), from, to, publisher, buyer, campaign];
  const { rows } = await pool.query<Row>(matchNumbers, values);
  const found = new Map(rows.map((row) => [row.at, row]));
  return lines.map((_line, at) => {
    const [nearest, next] = found.get(at)?.ids ?? [];
    const [distance, nextDistance] = found.get(at)?.distances ?? [];
    if (nearest === undefined) return null;
    return next === undefined || distance !== nextDistance ? { callLogId: nearest } : 'ambiguous';
  });
}

/** A line of a statement whose number has hidden digits: see `maskedPatternOf`. */
export type MaskedLine = { pattern: string; startedAt: string | null };

export type MaskedCandidate = { callLogId: string; phoneNumber: string; startedAt: string };

const candidatesMax = 6;

/** The partner's calls of the period whose numbers fit, the nearest to the line's start first; along call_by_start. */
const matchMasked = `
select w.at, m.call_log_id, m.phone_number, m.started_at
from json_to_recordset($2) as w(at integer, pattern text, started_at timestamptz)
cross join lateral (
  select c.call_log_id, c.phone_number, c.started_at
  from call c
  where c.account_id = $1 and c.phone_number like w.pattern and c.started_at >= $3 and c.started_at < $4
    and ($5::text is null or c.publisher = $5) and ($6::text is null or c.buyer = $6)
    and ($7::text is null or c.campaign = $7)
  order by abs(extract(epoch from c.started_at - w.started_at)), c.started_at, c.call_log_id
  limit ${candidatesMax}
) m
order by w.at`;

/** For each line the calls that it may refer to: at most six, which is one more than is shown. */
export async function matchMaskedLines(
  { pool }: Db,
  accountId: string,
  { from, to, partner }: StatementScope,
  lines: MaskedLine[],
): Promise<MaskedCandidate[][]> {
  type Row = { at: number; call_log_id: string; phone_number: string; started_at: string };
  const wanted = lines.map(({ pattern, startedAt }, at) => ({ at, pattern, started_at: startedAt }));
  const { publisher = null, buyer = null, campaign = null } = partner;
  const values = [accountId, JSON.stringify(wanted), from, to, publisher, buyer, campaign];
  const { rows } = await pool.query<Row>(matchMasked, values);
  const found: MaskedCandidate[][] = lines.map(() => []);
  for (const { at, call_log_id: callLogId, phone_number: phoneNumber, started_at: startedAt } of rows)
    found[at]?.push({ callLogId, phoneNumber, startedAt });
  return found;
}

function amountOf(row: AmountRow, { from, to, partner }: StatementScope): OurAmount {
  const startedMs = Date.parse(row.started_at);
  const names = Object.entries(partner) as [keyof StatementScope['partner'], string][]; // Object.entries widens names
  return {
    callLogId: row.call_log_id,
    startedAt: row.started_at,
    amount: row.amount,
    isHeld: row.is_held,
    isInPeriod: startedMs >= Date.parse(from) && startedMs < Date.parse(to),
    isPartners: names.every(([name, value]) => row[name] === value),
  };
}
