/** The one function that changes a call's money, conversion and tags. Everything else is an endpoint to it. */
import { type CallValues, type Changes, noChanges } from '../../calls/call.ts';
import { emptyTags, type Tags, tagOf, tagsPerCallMax } from '../../values/tags.ts';
import { type UpdateFieldName, type UpdateValue, updateFieldNames } from '../fields/fields.ts';
import { type Rejection, rejectFaults } from '../rejection.ts';
import type { Update } from '../update.ts';

export type Applied = { values: CallValues; changes: Changes } | 'too_many_tags';

/**
 * Applies an update to a completed call, or to what a live call will be. Pure: `values` stays as it is.
 * @param receivedAt instant; the conversion time where neither the update nor the call has one
 * @returns the new values and every before/after (empty when all stood already), or `too_many_tags`
 */
export function applyUpdate(values: CallValues, update: Update, receivedAt: string): Applied {
  const changes = noChanges();
  let next = values;
  const change = (name: UpdateFieldName, to: UpdateValue) => {
    const from = values[name];
    if (from === to) return;
    if (next === values) next = { ...values };
    next[name] = to;
    changes[name] = { from, to };
  };
  const set = withConversionTime(values, update.set, receivedAt);
  for (const name of updateFieldNames) {
    const to = set[name];
    if (to !== undefined) change(name, to);
  }
  const tags = changeTags(values.tags, update, changes);
  if (tags === values.tags) return { values: next, changes };
  if (Object.keys(tags).length > tagsPerCallMax) return 'too_many_tags';
  return { values: { ...next, tags }, changes };
}

/** @param field what named the tags */
export function tooManyTags(field = 'add'): Rejection {
  const detail = `The call would have more than ${tagsPerCallMax} tags: remove some.`;
  return rejectFaults([{ field, code: 'too_many_tags', detail }]);
}

/** `converted` carries its time along: kept, set to the time of receipt, or cleared (docs/senders.md#fields). */
function withConversionTime(values: CallValues, set: Update['set'], receivedAt: string): Update['set'] {
  if (set.converted === undefined) return set;
  if (!set.converted) return { ...set, call_converted_at: null };
  return { ...set, call_converted_at: set.call_converted_at ?? values.call_converted_at ?? receivedAt };
}

function changeTags(tags: Tags, { add, remove }: Update, changes: Changes): Tags {
  let next = tags;
  const copy = () => {
    if (next === tags) next = Object.assign(emptyTags(), tags);
    return next;
  };
  for (const key of remove) {
    const from = tagOf(tags, key);
    if (from === null) continue;
    delete copy()[key];
    changes[`tags.${key}`] = { from, to: null };
  }
  for (const [key, to] of Object.entries(add)) {
    const from = tagOf(tags, key);
    if (from === to) continue;
    copy()[key] = to;
    changes[`tags.${key}`] = { from, to };
  }
  return next;
}
