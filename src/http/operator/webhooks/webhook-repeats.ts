/** The setting `repeats` from the wire (docs/senders.md#a-field-that-already-has-a-value). */

import { type AllowableField, allowableFieldsOf } from '../../../core/updates/fields/webhook-access.ts';
import { type WebhookType, webhookTypes } from '../../../core/updates/fields/webhook-type.ts';
import { isAmount, type RepeatPolicy, type Repeats } from '../../../core/updates/fold/repeats.ts';
import type { Fault } from '../../../core/values/fault.ts';

/**
 * Reads policies by field. A field may be named by any name that the type accepts. Null resets all of them.
 * @returns undefined where nothing was sent
 */
export function readRepeats(
  sent: Record<string, RepeatPolicy> | null | undefined,
  type: WebhookType,
  faults: Fault[],
): Repeats | undefined {
  if (sent === undefined) return undefined;
  const repeats: Repeats = {};
  const fields = allowableFieldsOf(webhookTypes[type]);
  for (const [name, policy] of Object.entries(sent ?? {})) {
    const field = name === '*' ? name : fieldOf(name, type, fields);
    if (field === undefined) {
      const detail = `A webhook of type ${type} has no field "${name.slice(0, 100)}": name one of *, ${fields.join(', ')}.`;
      faults.push({ field: `repeats.${name.slice(0, 100)}`, code: 'unknown_field', detail });
    } else if (policy === 'add' && field !== '*' && !isAmount(field)) {
      const detail = `Only amounts can be summed: choose set, keep or refuse for ${field}.`;
      faults.push({ field: `repeats.${name}`, code: 'invalid_value', detail });
    } else {
      repeats[field] = policy;
    }
  }
  return repeats;
}

function fieldOf(name: string, type: WebhookType, fields: AllowableField[]): AllowableField | undefined {
  const known: string = webhookTypes[type].fields.get(name) ?? name;
  return fields.find((field) => field === known);
}
