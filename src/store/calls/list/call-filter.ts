import type { CallState, PayoutStatus } from '../../../core/calls/call.ts';
import { type Condition, Where } from '../../database/statements/where.ts';
import { type NameColumn, nameColumns } from './call-names.ts';

/** What a list of calls may be narrowed to. Texts are compared whole; `from` and `to` are instants of the start. */
export type CallFilter = Partial<{
  state: CallState;
  phoneNumber: string;
  converted: boolean;
  held: boolean;
  noPayoutReason: string;
  callLogIds: string[];
  payoutStatus: PayoutStatus;
  campaign: string;
  publisher: string;
  buyer: string;
  /** `key`, or `key:value` */
  tag: string;
  from: string;
  to: string;
  /** the beginning of a call id, a whole number, or a part of the name of a campaign, publisher or buyer */
  search: {
    text: string;
    phoneNumber: string | null;
    /** the names with this part (`resolveSearch`); `many`: more than each can be looked for */
    names?: NamesFound | 'many';
  };
}>;

export type NamesFound = { column: NameColumn; name: string }[];

/** How a filter is looked for, over a table or alias `c`. */
export type CallSearch = {
  /** Each of these is found along a separate index, in the order of the list; a call is meant by any of them. */
  leads: Condition[];
  /** What an index narrows, too; all of them hold. */
  indexed: Condition[];
  /** What no index knows (see README): each call that the others mean must be looked at. */
  unindexed: Condition[];
};

/** Parts a filter by what finds it. */
export function searchOf(filter: CallFilter): CallSearch {
  const { state, converted, held, tag, from, to, search, callLogIds, noPayoutReason } = filter;
  const indexed: Condition[] = [];
  const unindexed: Condition[] = [];
  const columns = { phone_number: filter.phoneNumber, ...namesOf(filter) };
  for (const [column, value] of Object.entries(columns)) {
    if (value !== undefined) indexed.push((p) => `c.${column} = ${p(value)}`);
  }
  if (state !== undefined) (state === 'live' ? indexed : unindexed).push(() => `c.state = '${state}'`);
  if (callLogIds !== undefined) indexed.push((p) => `c.call_log_id = any(${p(callLogIds)})`);
  if (noPayoutReason !== undefined) {
    indexed.push(() => 'c.no_payout_reason is not null');
    unindexed.push((p) => `c.no_payout_reason = ${p(noPayoutReason)}`);
  }
  if (held === true) indexed.push(() => 'c.no_payout_reason is not null');
  if (held === false) unindexed.push(() => 'c.no_payout_reason is null');
  if (filter.payoutStatus !== undefined) addPayoutStatus(filter.payoutStatus, indexed, unindexed);
  if (from !== undefined) indexed.push((p) => `c.started_at >= ${p(from)}`);
  if (to !== undefined) indexed.push((p) => `c.started_at <= ${p(to)}`);
  if (converted !== undefined) unindexed.push(() => (converted ? 'c.converted' : 'not c.converted'));
  if (tag !== undefined) unindexed.push(hasTag(tag));
  if (search === undefined) return { leads: [anyCall], indexed, unindexed };
  const leads = leadsOf(search);
  if (search.names !== 'many') return { leads, indexed, unindexed };
  const meansAny: Condition = (p) =>
    `(${[...leads, hasNamePart(search.text)].map((one) => one(p)).join(' or ')})`;
  return { leads: [anyCall], indexed, unindexed: [...unindexed, meansAny] };
}

/** All of it as one clause: for what looks at each call that the filter means. */
export function whereOf(accountId: string, { leads, indexed, unindexed }: CallSearch): Where {
  const where = new Where('c.account_id', accountId);
  for (const condition of [...indexed, ...unindexed]) where.add(condition);
  where.add((p) => `(${leads.map((lead) => lead(p)).join(' or ')})`);
  return where;
}

function namesOf({ campaign, publisher, buyer }: CallFilter) {
  return { campaign, publisher, buyer };
}

/** The rules of `payoutStatusOf`: what is live or has a hold is found along an index, the rest among all calls. */
function addPayoutStatus(status: PayoutStatus, indexed: Condition[], unindexed: Condition[]): void {
  unindexed.push(() => `c.publisher_paid_out is ${status === 'none' ? '' : 'not '}null`);
  if (status === 'pending') indexed.push(() => `c.state = 'live'`);
  if (status === 'held') indexed.push(() => 'c.no_payout_reason is not null');
  if (status === 'owed') unindexed.push(() => 'c.no_payout_reason is null');
  if (status === 'held' || status === 'owed') unindexed.push(() => `c.state = 'completed'`);
}

function hasTag(tag: string): Condition {
  const at = tag.indexOf(':'); // a key may have one, too
  if (at === -1) return (p) => `c.tags ? ${p(tag)}`;
  const pair = JSON.stringify({ [tag.slice(0, at)]: tag.slice(at + 1) });
  return (p) => `(c.tags ? ${p(tag)} or c.tags @> ${p(pair)}::jsonb)`;
}

const anyCall: Condition = () => 'true';

function leadsOf({ text, phoneNumber, names = [] }: NonNullable<CallFilter['search']>): Condition[] {
  return [
    (p) => `c.call_log_id ^@ ${p(text)}`,
    (p) => `c.phone_number = ${p(phoneNumber ?? text)}`,
    (p) => `c.tracking_number = ${p(phoneNumber ?? text)}`,
    ...(names === 'many'
      ? []
      : names.map(
          ({ column, name }): Condition =>
            (p) =>
              `c.${column} = ${p(name)}`,
        )),
  ];
}

function hasNamePart(text: string): Condition {
  return (p) => {
    const part = `lower(${p(text)})`;
    return nameColumns.map((column) => `strpos(lower(c.${column}), ${part}) > 0`).join(' or ');
  };
}
