/** What an update does to a field that already has a value, by the webhook's setting `repeats` (docs/senders.md#a-field-that-already-has-a-value). */
import type { CallValues, Changes } from '../../calls/call.ts';
import type { Fault } from '../../values/fault.ts';
import { moneyOf, moneyUnitsMax, unitsOf } from '../../values/money/money-units.ts';
import { emptyTags, type Tags, tagOf } from '../../values/tags.ts';
import {
  type Field,
  type UpdateFieldName,
  type UpdateValue,
  updateFieldNames,
  updateFields,
} from '../fields/fields.ts';
import type { AllowableField } from '../fields/webhook-access.ts';
import { type Rejection, rejectFaults } from '../rejection.ts';
import type { Update } from '../update.ts';
import { applyUpdate, tooManyTags } from './apply.ts';

/**
 * `set`: the last value is used. `keep`: the first value is used. `add`: amounts are summed. `refuse`: another value is
 * rejected.
 */
export const repeatPolicies = ['set', 'keep', 'add', 'refuse'] as const;
export type RepeatPolicy = (typeof repeatPolicies)[number];

/** `refuse`: it is rejected. `correct`: it replaces the earlier one. */
export const sameTransactionChoices = ['refuse', 'correct'] as const;
export type SameTransaction = (typeof sameTransactionChoices)[number];

/** By field; `*` is for every field that has no policy of its own. Empty: all fields are set. */
export type Repeats = Partial<Record<AllowableField | '*', RepeatPolicy>>;

export function policyOf(repeats: Repeats, name: AllowableField): RepeatPolicy {
  const own = repeats[name];
  if (own !== undefined) return own;
  const general = repeats['*'] ?? 'set';
  return general === 'add' && !isAmount(name) ? 'set' : general;
}

/** True for a field whose amounts are summed. */
export function isSummed(repeats: Repeats, name: AllowableField): boolean {
  return policyOf(repeats, name) === 'add';
}

/** True for a field that can be summed. */
export function isAmount(name: AllowableField): boolean {
  const field: Field | undefined = name === 'add' || name === 'remove' ? undefined : updateFields[name];
  return field?.column === 'numeric';
}

/** A sum is safe against retries only if the request can be recognized: why this one cannot, or null. */
export function rejectSumWithoutId(
  { set }: Update,
  repeats: Repeats | undefined,
  transactionId: string | null,
): Rejection | null {
  if (repeats === undefined || transactionId !== null) return null;
  const summed = updateFieldNames.filter((name) => set[name] !== undefined && isSummed(repeats, name));
  if (summed.length === 0) return null;
  const detail = `This webhook sums ${summed.join(' and ')}: send a transaction_id that is unique to each amount, so that a retry is not counted twice.`;
  return rejectFaults([{ field: 'transaction_id', code: 'transaction_id_needed', detail }]);
}

export type AppliedRepeat = { values: CallValues; changes: Changes; kept: string[] } | Rejection;

/**
 * Applies an update as the webhook's policies say.
 * @param receivedAt as for `applyUpdate`
 * @param repeats undefined: every field is set
 * @returns `kept`: fields and `tags.KEY` that kept the value they had
 */
export function applyRepeat(
  values: CallValues,
  update: Update,
  receivedAt: string,
  repeats: Repeats | undefined,
): AppliedRepeat {
  const resolved = repeats === undefined ? { update, kept: [] } : resolveRepeats(values, update, repeats);
  if ('code' in resolved) return resolved;
  const applied = applyUpdate(values, resolved.update, receivedAt);
  return applied === 'too_many_tags' ? tooManyTags() : { ...applied, kept: resolved.kept };
}

/** One field or tag that an update is about to change. */
type Wish<To extends UpdateValue> = {
  name: string;
  field: AllowableField;
  from: UpdateValue;
  to: To;
  accept(to: To): void;
};

/** The update that sets what the policies let it set, or why it is rejected. */
function resolveRepeats(
  values: CallValues,
  update: Update,
  repeats: Repeats,
): { update: Update; kept: string[] } | Rejection {
  const set: Update['set'] = {};
  const add: Tags = emptyTags();
  const remove: string[] = [];
  const kept: string[] = [];
  const faults: Fault[] = [];
  const decide = <To extends UpdateValue>({ name, field, from, to, accept }: Wish<To>) => {
    const policy = policyOf(repeats, field);
    const hasOther = isSet(from) && from !== to;
    if (policy === 'keep' && isSet(from)) kept.push(name);
    else if (policy === 'refuse' && hasOther) faults.push(alreadySet(name));
    else if (policy === 'set' || policy === 'add' || isSet(to)) accept(to);
  };
  for (const name of updateFieldNames) {
    const to = update.set[name];
    if (to === undefined) continue;
    const accept = (value: UpdateValue) => {
      set[name] = isSummed(repeats, name) ? sumOf(name, values[name], value, faults) : value;
    };
    decide({ name, field: name, from: values[name], to, accept });
  }
  for (const [key, to] of Object.entries(update.add)) {
    const accept = (value: string) => {
      add[key] = value;
    };
    decide({ name: `tags.${key}`, field: 'add', from: tagOf(values.tags, key), to, accept });
  }
  for (const key of update.remove) {
    const accept = () => remove.push(key);
    decide({ name: `tags.${key}`, field: 'remove', from: tagOf(values.tags, key), to: null, accept });
  }
  return faults.length > 0 ? rejectFaults(faults) : { update: { set, add, remove }, kept };
}

/** Null and false are what a call has before anything is set. */
function isSet(value: UpdateValue): boolean {
  return value !== null && value !== false;
}

function sumOf(name: UpdateFieldName, from: UpdateValue, amount: UpdateValue, faults: Fault[]): UpdateValue {
  const units = unitsOf(String(from ?? '0')) + unitsOf(String(amount));
  if (units > moneyUnitsMax) {
    const detail = `The sum would be ${moneyOf(units)}, and the largest amount is ${moneyOf(moneyUnitsMax)}: correct the call by hand.`;
    faults.push({ field: name, code: 'invalid_value', detail });
  }
  return moneyOf(units);
}

function alreadySet(field: string): Fault {
  const detail =
    'The call already has another value, and this webhook does not overwrite it: leave the field out, or change the call by hand.';
  return { field, code: 'already_set', detail };
}
