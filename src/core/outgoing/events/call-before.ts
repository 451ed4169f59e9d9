import type { Call, Changes } from '../../calls/call.ts';
import {
  type EventFieldName,
  eventFields,
  type UpdateFieldName,
  type UpdateValue,
  updateFields,
} from '../../updates/fields/fields.ts';
import { emptyTags } from '../../values/tags.ts';

const tagPrefix = 'tags.';

/** The call as it was before a change: the opposite of applying it. Pure: `call` stays as it is. */
export function callBefore(call: Call, changes: Changes): Call {
  const before = {
    ...call,
    facts: { ...call.facts },
    values: { ...call.values, tags: Object.assign(emptyTags(), call.values.tags) },
  };
  for (const [name, { from }] of Object.entries(changes)) {
    if (name === 'other_ids') before.legIds = []; // of which `from` has those that were there
    if (name === 'state') before.state = from === 'live' ? 'live' : before.state;
    else if (name.startsWith(tagPrefix)) setTag(before.values.tags, name.slice(tagPrefix.length), from);
    else if (Object.hasOwn(eventFields, name))
      before.facts[name as EventFieldName] = from; // hasOwn says so
    else if (Object.hasOwn(updateFields, name)) before.values[name as UpdateFieldName] = from as UpdateValue; // hasOwn says so
  }
  return before;
}

function setTag(tags: Record<string, string>, key: string, value: unknown): void {
  if (value === null) delete tags[key];
  else tags[key] = String(value);
}
