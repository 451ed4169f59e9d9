import {
  type EventFieldName,
  type FieldValue,
  type UpdateFieldName,
  type UpdateValue,
  updateFieldNames,
} from '../updates/fields/fields.ts';
import { emptyTags, type Tags } from '../values/tags.ts';

export type CallState = 'live' | 'completed';

/** The part of a call that updates change. */
export type CallValues = Record<UpdateFieldName, UpdateValue> & { tags: Tags };

/** Of a call that no update and no event has changed. */
export function initialValues(): CallValues {
  const values = Object.fromEntries(updateFieldNames.map((name) => [name, null]));
  // All names of the table; the one value that is never null follows.
  return { ...(values as Record<UpdateFieldName, UpdateValue>), converted: false, tags: emptyTags() };
}

/** What the fold needs of a call; `values` are never changed in place. */
export type FoldedCall = { callLogId: string; state: CallState; values: CallValues } & CallStart;

/**
 * Instants, of a call that the database holds. Where both are the same, no event contained the start: it is known only from
 * the receipt of the first event.
 */
type CallStart = { startedAt?: string; createdAt?: string };

/** A whole call record. `queuedUpdates`: how many updates wait for its completion. */
export type Call = FoldedCall & {
  facts: Record<EventFieldName, FieldValue>;
  /** of the legs that are folded into it */
  legIds: readonly string[];
  /** which facts a leg has filled: an event of the call itself replaces them */
  legFacts: readonly LegFactName[];
  queuedUpdates: number;
  /** instants */
  createdAt: string;
  updatedAt: string;
};

/** What a call takes over from its legs. */
export type LegFactName = (typeof legFactNames)[number];
export const legFactNames = ['answered_at', 'connected_seconds'] as const satisfies readonly EventFieldName[];

/** Every id of a call but its `call_log_id`. */
export function otherIdsOf({ facts, legIds }: Pick<Call, 'facts' | 'legIds'>): string[] {
  const reported = Array.isArray(facts.other_ids) ? facts.other_ids : [];
  return [...new Set([...reported, ...legIds])];
}

/** Before and after of everything that changed: field names, and `tags.KEY`. */
export type Changes = Record<string, { from: FieldValue; to: FieldValue }>;

export function noChanges(): Changes {
  return {};
}

export const payoutStatuses = ['none', 'pending', 'held', 'owed'] as const;
export type PayoutStatus = (typeof payoutStatuses)[number];

/** What the amount on a call means: none there, the call is still live, held by a reason, or owed. */
export function payoutStatusOf({ state, values }: FoldedCall): PayoutStatus {
  if (values.publisher_paid_out === null) return 'none';
  if (state === 'live') return 'pending';
  return values.no_payout_reason === null ? 'owed' : 'held';
}
