import type { Match } from '../../core/updates/fold/fold.ts';
import { matchWindowOf } from '../../core/updates/fold/wait.ts';
import type { Postback } from '../../core/updates/postback.ts';
import { notNull, type Statement } from '../database/statements/round-trip.ts';

/** How many ids an ambiguous match names at most. */
const idsMax = 100;

/**
 * For each wanted number: how many of the account's calls started within its window, and their ids, the one
 * that the rule picks first. Reads along call_by_phone only; locks nothing.
 */
export const matchPhones: Statement<MatchRow> = {
  name: 'match-phones',
  text: `
select w.postback_id, m.candidates, to_json(m.ids)
from json_to_recordset($2) as w(postback_id text, phone_number text, from_at timestamptz, to_at timestamptz, rule text)
cross join lateral (
  select count(*)::int as candidates,
    (array_agg(c.call_log_id order by
      case when w.rule = 'longest'
        then coalesce(c.duration_seconds, floor(extract(epoch from c.ended_at - c.started_at))) end desc nulls last,
      case when w.rule = 'first' then c.started_at end,
      case when w.rule = 'first' then c.call_log_id end,
      c.started_at desc, c.call_log_id desc))[1:${idsMax}] as ids
  from call c
  where c.account_id = $1 and c.phone_number = w.phone_number and c.started_at between w.from_at and w.to_at
) m`,
  readRow: ([postbackId, candidates, ids]) => ({
    postbackId: notNull(postbackId),
    candidates: Number(candidates),
    callLogIds: JSON.parse(ids ?? '[]'),
  }),
};

type MatchRow = { postbackId: string; candidates: number; callLogIds: string[] };

/** A number that is looked for. */
export type WantedNumber = ReturnType<typeof wantedNumbers>[number];

/** Matches by postback id (docs/senders.md#which-call). */
export function matchesOf(rows: MatchRow[], wanted: WantedNumber[]): Map<string, Match> {
  const rules = new Map(wanted.map(({ postback_id, rule }) => [postback_id, rule]));
  return new Map(
    rows.map(({ postbackId, candidates, callLogIds }) => {
      const isAmbiguous = rules.get(postbackId) === 'only' && candidates > 1;
      const callLogId = isAmbiguous ? null : (callLogIds[0] ?? null);
      return [postbackId, { callLogId, candidates, callLogIds }];
    }),
  );
}

/** What the postbacks of a batch look for that name a number. */
export function wantedNumbers(postbacks: Postback[]) {
  return postbacks.flatMap(wantedOf);
}

function wantedOf(postback: Postback) {
  const { postbackId, target, rejection } = postback;
  if (rejection !== null || target === null || !('phoneNumber' in target)) return [];
  const window = matchWindowOf(postback);
  if (window === null) return [];
  const { from, to, rule } = window;
  return [{ postback_id: postbackId, phone_number: target.phoneNumber, from_at: from, to_at: to, rule }];
}
