/** `atomic` and `dry_run` of a batch. A batch whose flags are not understood as a whole is rejected: it may have been a test. */
import { isKeyName, knownName, nearestName, plainName } from '../../../core/updates/fields/field-names.ts';
import type { WebhookTypeRow } from '../../../core/updates/fields/webhook-type.ts';
import { type Rejection, rejectFaults } from '../../../core/updates/rejection.ts';
import type { Fault } from '../../../core/values/fault.ts';
import { readBoolean } from '../../../core/values/text/text.ts';

export type BatchFlags = { isAtomic: boolean; isDryRun: boolean };

const flags = new Map([
  ['atomic', 'atomic'],
  ['dryrun', 'dry_run'],
]);
const flagNames = [...flags.keys(), 'updates'];

/**
 * @param members what the object of the batch has beside its items
 * @param type whose names belong into the items; null where a mapping gives names another meaning
 */
export function readBatchFlags(
  members: Readonly<Record<string, unknown>>,
  query: URLSearchParams,
  type: WebhookTypeRow | null,
): BatchFlags | Rejection {
  const faults: Fault[] = [];
  const read = new Map<string, boolean>();
  for (const [name, value] of [...query, ...Object.entries(members)]) {
    const flag = flags.get(plainName(name));
    if (flag === undefined) faults.push(...faultsOfName(name, type));
    else if (value !== null) readFlag(flag, value, read, faults);
  }
  if (faults.length > 0) return rejectFaults(faults);
  return { isAtomic: read.get('atomic') === true, isDryRun: read.get('dry_run') === true };
}

function readFlag(field: string, value: unknown, read: Map<string, boolean>, faults: Fault[]): void {
  const isSet = readBoolean(value);
  if (typeof isSet !== 'boolean') faults.push({ field, code: 'invalid_value', detail: isSet.detail });
  else if ((read.get(field) ?? isSet) !== isSet)
    faults.push({
      field,
      code: 'conflicting_field',
      detail: 'It is given twice with different values: send it once.',
    });
  else read.set(field, isSet);
}

function faultsOfName(field: string, type: WebhookTypeRow | null): Fault[] {
  if (isKeyName(field) || plainName(field) === 'return') return [];
  const meant = nearestName(field, flagNames);
  if (meant !== undefined) {
    const detail = `Send "${flags.get(meant) ?? meant}" if that is meant. Nothing was done.`;
    return [{ field, code: 'unknown_field', detail }];
  }
  if (type === null || knownName(field, false, type) === undefined) return [];
  return [{ field, code: 'unknown_field', detail: 'Send it in each item: beside the items it is of none.' }];
}
