import { type Changes, noChanges } from '../../calls/call.ts';
import type { FieldValue } from '../../updates/fields/fields.ts';
import type { EventJson } from './event.ts';

const tagPrefix = 'tags.';

/**
 * What several changes of a call, oldest first, changed in sum. A field that returned to its first value is left out.
 * @param call after the last of them. It decides what each field is: the sum may be made again for the next attempt, of
 *   changes that have become a sum, and not every change of a field is an event that was asked for.
 */
export function mergeChanges(all: Changes[], call: EventJson['call'] = null): Changes {
  const merged = noChanges();
  for (const changes of all) {
    for (const [name, { from, to }] of Object.entries(changes)) {
      merged[name] = {
        from: Object.hasOwn(merged, name) ? (merged[name]?.from ?? null) : from,
        to: valueIn(call, name, to),
      };
    }
  }
  return Object.fromEntries(
    Object.entries(merged).filter(([, { from, to }]) => JSON.stringify(from) !== JSON.stringify(to)),
  );
}

function valueIn(call: EventJson['call'], name: string, otherwise: FieldValue): FieldValue {
  if (call === null) return otherwise;
  if (name.startsWith(tagPrefix)) {
    const tags = (call['tags'] ?? {}) as Record<string, string>; // as Ringback wrote it
    const key = name.slice(tagPrefix.length);
    return Object.hasOwn(tags, key) ? (tags[key] ?? null) : null;
  }
  return Object.hasOwn(call, name) ? (call[name] as FieldValue) : otherwise; // as Ringback wrote it
}
