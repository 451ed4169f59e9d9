/** Raw request → typed update, or every fault of it. Never throws, whatever was sent (docs/senders.md#encodings). */
import type { CallEvent } from '../../calls/call-event.ts';
import type { Fault } from '../../values/fault.ts';
import type { ReadContext } from '../fields/fields.ts';
import { type AllowableField, allowableFieldsOf } from '../fields/webhook-access.ts';
import type { WebhookTypeRow } from '../fields/webhook-type.ts';
import type { Update } from '../update.ts';
import type { InputSource } from './input-source.ts';
import { PayloadReader } from './payload-reader.ts';

/** How the call is named: by its id, or by the caller's number in E.164. */
export type Target = { callLogId: string } | { phoneNumber: string };

export type AnswerForm = 'json' | 'gif' | 'text' | 'none';

export type Decoded = {
  /** null when the request names no call, or not readably */
  target: Target | null;
  update: Update;
  /** of a webhook of type `calls`, in place of an update */
  event?: CallEvent;
  transactionId: string | null;
  isDryRun: boolean;
  /** of call data: how long it is good for */
  lifespanSeconds?: number;
  answerForm: AnswerForm;
  ignored: string[];
  /** empty when all is well; else the request is rejected as a whole */
  faults: Fault[];
};

/** Null or absent: all fields of the type are allowed. */
export type DecodeContext = ReadContext & {
  allowedFields?: readonly AllowableField[] | null;
  /** a request without any field changes nothing and is no fault */
  mayBeEmpty?: boolean;
};

/** Reads a postback from its sources, first one first: where two name the same field, the earlier wins. */
export function decodePostback(
  sources: InputSource[],
  type: WebhookTypeRow,
  context: DecodeContext,
): Decoded {
  const reader = new PayloadReader(
    type.controls === undefined ? sources : [mergeTags(sources), ...sources],
    context,
  );
  const read =
    type.isCallEvent === true ? reader.event() : readUpdate(reader, type, context.mayBeEmpty === true);
  const controls = {
    transactionId: reader.transactionId(),
    isDryRun: reader.isDryRun(),
    ...(type.controls !== undefined && { lifespanSeconds: reader.lifespanSeconds() }),
    answerForm: reader.answerForm(),
  };
  const faults = type.controls === undefined ? reader.faults : reader.faults.map(nameParameter);
  return {
    ...read,
    ...controls,
    ignored: distinct(sources.flatMap((source) => source.ignored)),
    faults:
      context.allowedFields == null
        ? faults
        : [...faultsOfForbidden(sources, type, context.allowedFields), ...faults],
  };
}

function readUpdate(
  reader: PayloadReader,
  type: WebhookTypeRow,
  mayBeEmpty: boolean,
): Pick<Decoded, 'target' | 'update'> {
  return { target: reader.target(type), update: reader.update(type, mayBeEmpty) };
}

/** Where every parameter is a tag, the sender knows the tag by the name of the parameter. */
function nameParameter(fault: Fault): Fault {
  return { ...fault, field: fault.field?.replace(/^add\./, '') ?? null };
}

/** Where every parameter is a tag, those of all sources count; the earlier source wins for a key that both have. */
function mergeTags(sources: InputSource[]): InputSource {
  const tags = sources.toReversed().flatMap(({ given }) => given.get('add') ?? []);
  return { given: new Map(tags.length > 0 ? [['add', tags]] : []), ignored: [], faults: [] };
}

/** One fault for each place that names a field which the webhook may not set, whatever its value. */
function faultsOfForbidden(
  sources: InputSource[],
  type: WebhookTypeRow,
  allowed: readonly AllowableField[],
): Fault[] {
  const detail = `This webhook may set ${allowed.join(', ')} only: leave this field out, or ask the webhook’s owner to allow it.`;
  return allowableFieldsOf(type)
    .filter((name) => !allowed.includes(name))
    .flatMap((name) => sources.flatMap(({ given }) => given.get(name) ?? []))
    .map(({ name }) => ({ field: name, code: 'field_not_allowed', detail }));
}

function distinct(names: string[]): string[] {
  return names.length > 1 ? [...new Set(names)] : names;
}
