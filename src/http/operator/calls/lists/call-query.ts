import type { Static } from 'typebox';
import { payoutStatuses } from '../../../../core/calls/call.ts';
import { noPayoutReasons } from '../../../../core/updates/fields/fields.ts';
import { readPhone } from '../../../../core/values/phone/phone.ts';
import type { Account, CallFilter, CallSort } from '../../../../store/store.ts';
import { definedOnly, type ListReader } from '../../list-reader.ts';
import { type callFilters, callSorts, callStates } from '../call-schemas.ts';

/** Reads the filters of a list of calls. Local times are the account's, numbers of its country. */
export function readCallFilter(
  reader: ListReader<keyof Static<typeof callFilters>>,
  { timeZone, defaultCountry }: Account,
): CallFilter {
  const q = reader.text('q')?.trim();
  const ids = reader.texts('call_log_id');
  const phone = q === undefined ? undefined : readPhone(q, defaultCountry);
  return definedOnly({
    state: reader.choice('state', callStates),
    phoneNumber: reader.phone('phone_number', defaultCountry),
    converted: reader.boolean('converted'),
    held: reader.boolean('held'),
    noPayoutReason: reader.choice('no_payout_reason', noPayoutReasons),
    callLogIds: ids.length > 0 ? ids : undefined,
    payoutStatus: reader.choice('payout_status', payoutStatuses),
    campaign: reader.text('campaign'),
    publisher: reader.text('publisher'),
    buyer: reader.text('buyer'),
    tag: reader.text('tag'),
    from: reader.from('from', timeZone),
    to: reader.to('to', timeZone),
    search:
      q === undefined || q === ''
        ? undefined
        : { text: q, phoneNumber: typeof phone === 'string' ? phone : null },
  });
}

/** By start, or by an amount or the duration. */
export function readCallSort(reader: Pick<ListReader<'sort'>, 'choice'>): {
  column: CallSort['column'] | 'started_at';
  isDescending: boolean;
} {
  const sort = reader.choice('sort', callSorts) ?? '-started_at';
  const isDescending = sort.startsWith('-');
  const column = sort.slice(isDescending ? 1 : 0) as CallSort['column'] | 'started_at'; // one of `callSorts`
  return { column, isDescending };
}

/** The filters of a body as those of a query: there, `false` is text. */
export function asQuery(filter: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(filter).map(([name, value]) => [name, typeof value === 'boolean' ? String(value) : value]),
  );
}
