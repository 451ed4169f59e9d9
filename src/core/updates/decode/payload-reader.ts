/** Reads the sources of one payload by the table of fields, and collects every fault (docs/senders.md#encodings). */

import { decodeCallEvent } from '../../calls/call-event.ts';
import { legEvent } from '../../calls/leg.ts';
import { readCallLogId } from '../../values/call-log-id.ts';
import { Invalid } from '../../values/fault.ts';
import { textOf } from '../../values/json/json.ts';
import { readPhone } from '../../values/phone/phone.ts';
import {
  checkKeys,
  checkTags,
  emptyTags,
  parseKeys,
  parseKeyText,
  parseTags,
  parseTagText,
  type RawTag,
  tagOf,
  tagsPerRequestMax,
  withoutTextAround,
} from '../../values/tags.ts';
import { hasPlaceholder, unresolvedPlaceholder } from '../../values/text/placeholder.ts';
import { bareText, checkId, readBoolean, readChoice, readText } from '../../values/text/text.ts';
import {
  eventFieldNames,
  eventFields,
  type Field,
  type FieldValue,
  type ReadContext,
  type UpdateValue,
  updateFieldNames,
  updateFields,
} from '../fields/fields.ts';
import type { WebhookTypeRow } from '../fields/webhook-type.ts';
import type { Update } from '../update.ts';
import type { AnswerForm, Decoded, Target } from './decode.ts';
import type { InputSource, RawValue } from './input-source.ts';
import { isEmpty, isNullText, RawReader } from './raw-reader.ts';

const lifespanDefault = 3_600;

function readLifespan(value: unknown): number | Invalid {
  const seconds = Number(bareText(value) ?? Number.NaN);
  return Number.isInteger(seconds) && seconds >= 60 && seconds <= 604_800
    ? seconds
    : new Invalid('Send whole seconds, from 60 to 604800.');
}

/** The parts of an id are named where one of them has no value: all requests of the sender would have one id. */
function readSentId(value: unknown): string | Invalid {
  return typeof value === 'string' && hasPlaceholder(value)
    ? unresolvedPlaceholder(value)
    : readCallLogId(value);
}

function readTransactionId(value: unknown): string | Invalid {
  if (typeof value === 'string' && hasPlaceholder(value)) return unresolvedPlaceholder(value);
  const text = textOf(value)?.trim() ?? '';
  return text === '' ? readText(value, 200) : checkId(text, 200);
}

const neverNullNames = new Set(['state', 'happened_at', 'started_at', 'converted']);

export class PayloadReader extends RawReader {
  readonly #context: ReadContext;

  constructor(sources: InputSource[], context: ReadContext) {
    super(sources);
    this.#context = context;
  }

  target(type: WebhookTypeRow): Target | null {
    const callLogId = this.read('call_log_id', readSentId);
    const isNamedById = callLogId !== undefined;
    // Beside an id the number does not matter, but that it is a macro is worth telling.
    const phoneNumber = this.read('phone_number', (value) =>
      isNamedById ? '' : readPhone(value, this.#context.defaultCountry),
    );
    if (typeof callLogId === 'string') return { callLogId };
    if (callLogId instanceof Invalid) return null;
    if (typeof phoneNumber === 'string') return { phoneNumber };
    if (phoneNumber === undefined) {
      this.fault(
        null,
        'call_not_identified',
        type.controls === undefined
          ? 'Name the call by "call_log_id" or by "phone_number".'
          : 'Send the number of the caller as "phone_number" or "caller_id".',
      );
    }
    return null;
  }

  /** A leg is an event of its parent: it goes where its parent is found (docs/senders.md#legs). */
  event(): Pick<Decoded, 'target' | 'update' | 'event'> {
    const callLogId = this.read('call_log_id', readSentId);
    const parentId = this.read('parent_call_log_id', readSentId);
    if (callLogId === undefined) {
      this.fault('call_log_id', 'call_not_identified', 'Send the call_log_id of the call.');
    }
    const isLeg = typeof parentId === 'string' && parentId !== callLogId;
    const { event, faults } = decodeCallEvent(this.#eventPayload(), this.#context);
    for (const { field, code, detail } of faults) {
      this.fault(this.given(field ?? '')?.[0]?.name ?? field, code, detail);
    }
    event.update.add = this.tags('add', parseAdd, checkTags) ?? event.update.add;
    if (this.given('remove') !== undefined) {
      this.fault('remove', 'unknown_field', 'A call event adds tags and removes none: leave "remove" out.');
    }
    const targetId = isLeg ? parentId : callLogId;
    return {
      target: typeof targetId === 'string' ? { callLogId: targetId } : null,
      update: { set: {}, add: emptyTags(), remove: [] },
      event: isLeg && typeof callLogId === 'string' ? legEvent(callLogId, event) : event,
    };
  }

  /** What the sources say of a call, by the fields' own names. */
  #eventPayload(): Record<string, unknown> {
    const payload: Record<string, unknown> = {};
    for (const name of ['state', 'happened_at', ...eventFieldNames, ...updateFieldNames]) {
      const given = this.given(name) ?? [];
      const values = given.map((one) => this.#eventValue(name, one)).filter((value) => value !== undefined);
      if (name === 'other_ids' && values.length > 0) payload[name] = values.flat();
      else if (values.length > 0) payload[name] = values[0];
      if (name !== 'other_ids' && new Set(values.map((value) => JSON.stringify(value))).size > 1) {
        this.faultConflict(given[0]?.name ?? name);
      }
    }
    return payload;
  }

  /** @returns undefined for an empty text where the call always has a value, and for what is a fault already */
  #eventValue(name: string, one: RawValue): unknown {
    const field: Field | undefined = { ...eventFields, ...updateFields }[name];
    if (one.isText && isNullText(one.value)) return neverNullNames.has(name) ? undefined : null;
    const value = name === 'other_ids' ? withoutTextAround(one.value) : one.value;
    if (this.checked(one, value, field) instanceof Invalid) return undefined;
    return name === 'other_ids' && one.isText && typeof value === 'string'
      ? value.split(',').map((id) => id.trim())
      : value;
  }

  transactionId(): string | null {
    const id = this.read('transaction_id', readTransactionId, true);
    return typeof id === 'string' ? id : null;
  }

  isDryRun(): boolean {
    return this.read('dry_run', readBoolean) === true;
  }

  lifespanSeconds(): number {
    const seconds = this.read('lifespan_seconds', readLifespan);
    return typeof seconds === 'number' ? seconds : lifespanDefault;
  }

  answerForm(): AnswerForm {
    const form = this.read('return', (value) => readChoice(value, ['json', 'gif', 'text', 'none']));
    return typeof form === 'string' ? (form as AnswerForm) : 'json'; // readChoice returns one of its choices
  }

  update(type: WebhookTypeRow, mayBeEmpty: boolean): Update {
    const update: Update = { set: {}, add: emptyTags(), remove: [] };
    let named = 0;
    for (const name of updateFieldNames) {
      const given = this.given(name);
      if (given === undefined) continue;
      named += 1;
      const field: Field = updateFields[name];
      const value = this.agreed(given, (one) => this.#fieldValue(field, one), field);
      // The table's reader returns what the field takes.
      if (value !== undefined && !(value instanceof Invalid)) update.set[name] = value as UpdateValue;
    }
    for (const name of ['add', 'remove']) named += this.given(name) === undefined ? 0 : 1;
    update.add = this.tags('add', parseAdd, checkTags) ?? update.add;
    update.remove = this.tags('remove', parseRemove, checkKeys) ?? update.remove;
    if (named === 0 && mayBeEmpty) return update;
    if (named === 0 && !this.#hasSpoiltFields()) this.#faultNoUpdates(type);
    else if (type.required !== undefined && this.given(type.required.field) === undefined) {
      this.fault(type.required.name, 'invalid_value', `Send "${type.required.name}": this webhook needs it.`);
    }
    this.#checkUpdate(update);
    return update;
  }

  /** True where `fields` held something, though nothing that is known. */
  #hasSpoiltFields(): boolean {
    return this.sources.some(({ faults }) => faults.length > 0);
  }

  #faultNoUpdates(type: WebhookTypeRow): void {
    if (type.controls !== undefined) {
      this.fault(null, 'no_updates', 'Send at least one parameter beside the number: each one is a tag.');
      return;
    }
    const names = [...type.fields.keys(), ...(type.hasTags ? ['add', 'remove'] : [])];
    this.fault(null, 'no_updates', `Send at least one of: ${names.join(', ')}.`);
  }

  #checkUpdate({ set, add, remove }: Update): void {
    if (set.converted === false && typeof set.call_converted_at === 'string') {
      this.fault(
        'call_converted_at',
        'conflicting_field',
        'A call that did not convert has no conversion time: leave one of the two out.',
      );
    }
    for (const key of remove) {
      if (tagOf(add, key) === null) continue;
      this.fault(
        `add.${key}`,
        'conflicting_tag',
        `Name the tag "${key}" in "add" or in "remove", not in both.`,
      );
    }
    if (Object.keys(add).length + remove.length > tagsPerRequestMax) {
      this.fault('add', 'too_many_tags', `Send at most ${tagsPerRequestMax} tag keys in one request.`);
    }
  }

  #fieldValue(field: Field, { value, isText }: RawValue): FieldValue | Invalid {
    if (
      field.isNullable &&
      (value === null || (isText ? isNullText(value) : field.isEmptyNull && isEmpty(value)))
    ) {
      return null;
    }
    if (value === null)
      return new Invalid('Send a value: null is not one. To leave the field as it is, leave it out.');
    return field.read(value, this.#context);
  }
}

function parseAdd({ value, isText }: RawValue): RawTag[] | Invalid {
  return isText && typeof value === 'string' ? parseTagText(value) : parseTags(value);
}

function parseRemove({ value, isText }: RawValue): string[] | Invalid {
  return isText && typeof value === 'string' ? parseKeyText(value) : parseKeys(value);
}
