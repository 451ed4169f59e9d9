import { eventFieldNames, shownFact } from '../updates/fields/fields.ts';
import { type Call, otherIdsOf, payoutStatusOf } from './call.ts';
import { lengthsOf } from './call-times.ts';

/** A call as the API and the events of outgoing webhooks show it. */
export function callJsonOf(call: Call): Record<string, unknown> {
  const { callLogId, state } = call;
  const known = { ...call.facts, ...lengthsOf(call) };
  const facts = eventFieldNames.map((name) => [name, shownFact(name, known[name])]);
  const { tags, ...fields } = call.values;
  return {
    call_log_id: callLogId,
    state,
    ...Object.fromEntries(facts),
    other_ids: otherIdsOf(call),
    ...fields,
    payout_status: payoutStatusOf(call),
    tags,
    queued_updates: call.queuedUpdates,
    created_at: call.createdAt,
    updated_at: call.updatedAt,
  };
}
