/**
 * Money that a sender put into a separate object, as in `{"call_log_id":"CA1","data":{"revenue_paid_out":5}}`. Without a
 * mapping nothing reads it, so the request is rejected: what it says beside that would be a half of it.
 */
import type { Fault } from '../../values/fault.ts';
import { isJsonObject, parseJson } from '../../values/json/json.ts';
import { findDistinctive } from '../fields/field-names.ts';
import type { WebhookTypeRow } from '../fields/webhook-type.ts';

/** @param ignored the names at the top level that mean none of ours */
export function faultsOfNested(
  payload: Iterable<[string, unknown]>,
  ignored: readonly string[],
  type: WebhookTypeRow,
): Fault[] {
  const faults: Fault[] = [];
  for (const [name, value] of payload) {
    const members = membersOf(value);
    const found = members === null || !ignored.includes(name) ? undefined : findDistinctive(members, type);
    if (found === undefined) continue;
    const detail = `Send "${found}" at the top level or in "fields": what is in "${name.slice(0, 100)}" is not read. Nothing was done, so that no value is lost.`;
    faults.push({ field: name, code: 'unknown_field', detail });
  }
  return faults;
}

/** Also of what is in `fields` of such an object. */
function membersOf(value: unknown): string[] | null {
  const object = typeof value === 'string' && value.startsWith('{') ? parsed(value) : value;
  if (!isJsonObject(object)) return null;
  const { fields } = object;
  return [...Object.keys(object), ...(isJsonObject(fields) ? Object.keys(fields) : [])];
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}
