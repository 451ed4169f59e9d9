import type { CallJson } from '../../../../src/http/operator/calls/call-schemas.ts';

/** What stands in the form of a change by hand: everything as text, as it was typed. */
export type CallDraft = {
  converted: string;
  call_converted_at: string;
  revenue_paid_out: string;
  publisher_paid_out: string;
  reason: string;
  no_payout_reason: string;
  removed: readonly string[];
  added: readonly { id: number; key: string; value: string }[];
};

/** @param localTime writes an instant as local time of the account, as the form's inputs have it */
export function draftOf(call: CallJson, localTime: (at: string) => string): CallDraft {
  return {
    converted: String(call.converted),
    call_converted_at: call.call_converted_at === null ? '' : localTime(call.call_converted_at),
    revenue_paid_out: call.revenue_paid_out ?? '',
    publisher_paid_out: call.publisher_paid_out ?? '',
    reason: call.reason ?? '',
    no_payout_reason: call.no_payout_reason ?? '',
    removed: [],
    added: [],
  };
}

const fields = [
  'converted',
  'call_converted_at',
  'revenue_paid_out',
  'publisher_paid_out',
  'reason',
  'no_payout_reason',
] as const;
/** An empty text clears these; where a field cannot be cleared, the server says so. */
const emptyIsNull: readonly string[] = ['call_converted_at', 'reason', 'no_payout_reason'];

/** An input for local times leaves the seconds out where they are 0; the API wants them. */
function withSeconds(text: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) ? `${text}:00` : text;
}

/** The body of the request: only what was changed, for a field that is left out stays as it is by then. */
export function changeOf(draft: CallDraft, before: CallDraft): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const name of fields) {
    const text = withSeconds(draft[name].trim());
    if (text !== before[name].trim()) body[name] = text === '' && emptyIsNull.includes(name) ? null : text;
  }
  const added = draft.added.filter(({ key }) => key.trim() !== '');
  if (added.length > 0) body['add'] = added.map(({ key, value }) => ({ key, value }));
  if (draft.removed.length > 0) body['remove'] = draft.removed;
  return body;
}
