/**
 * The one table of fields. A new field of a call is one row here and one column of the same name
 * in `store/migrations`; decoding, folding, storing and answering all read this table.
 */

import { readCallLogId } from '../../values/call-log-id.ts';
import { Invalid } from '../../values/fault.ts';
import { readMoney } from '../../values/money/money.ts';
import { readPhone } from '../../values/phone/phone.ts';
import type { PlaceholderRule } from '../../values/text/placeholder.ts';
import { bareText, readBoolean, readChoice, readText } from '../../values/text/text.ts';
import { readInstant } from '../../values/time/instant.ts';

/** What reading a value depends on: the account's settings and the time of receipt. */
export type ReadContext = {
  /** IANA name; date-times without an offset are read in it */
  timeZone: string;
  /** ISO 3166 two letters; phone numbers without a country code are read in it */
  defaultCountry: string;
  /** instant */
  receivedAt: string;
};

export type FieldValue = boolean | number | string | readonly string[] | null;
/** What an update field holds: money and instants are text. */
export type UpdateValue = boolean | string | null;

/** What kind of value a field holds, for forms and tables. */
export const fieldTypes = [
  'boolean',
  'money',
  'time',
  'seconds',
  'text',
  'choice',
  'phone',
  'address',
  'list',
] as const;

export type Field = {
  type: (typeof fieldTypes)[number];
  /** the name that people read */
  label: string;
  /** one sentence for the person who fills it in */
  help: string;
  /** a value as a sender may send it */
  example: string;
  /** of the type `choice` */
  choices?: readonly string[];
  /** the SQL type of the column */
  column: 'boolean' | 'integer' | 'numeric' | 'text' | 'text[]' | 'timestamptz';
  /** null clears the field; where false, null is a fault */
  isNullable: boolean;
  /** what null is answered as; a change between the two is none */
  nullMeans?: FieldValue;
  /** an empty text means null, in JSON too */
  isEmptyNull?: boolean;
  /** a postback may set it on completed calls only */
  completedOnly?: boolean;
  /** which texts are unreplaced macros; `exact` where absent */
  placeholders?: PlaceholderRule;
  read(value: unknown, context: ReadContext): FieldValue | Invalid;
};

/** What fields of one kind share. */
type FieldKind = Omit<Field, 'label' | 'help' | 'example'> & Partial<Pick<Field, 'example'>>;

const directions = ['inbound', 'outbound'] as const;
export const noPayoutReasons = ['Campaign preconversion', 'Condition not met', 'Caps exceeded'] as const;

const dayMs = 86_400_000;

const money = { type: 'money', column: 'numeric', isNullable: false, read: readMoney } as const;

/** What a postback, a change by hand or a call event may set (docs/senders.md#fields). */
export const updateFields = {
  converted: {
    type: 'boolean',
    label: 'Converted',
    help: 'Whether the call led to a sale.',
    example: 'true',
    column: 'boolean',
    isNullable: false,
    read: readBoolean,
  },
  call_converted_at: {
    type: 'time',
    label: 'Converted at',
    help: 'When the sale was made. Without it, the time of receipt.',
    example: '2026-11-24T09:30:00Z',
    column: 'timestamptz',
    isNullable: true,
    read: readPastInstant,
  },
  revenue_paid_out: { ...money, label: 'Revenue', help: 'What the buyer pays.', example: '12.50' },
  publisher_paid_out: {
    ...money,
    label: 'Payout',
    help: 'What the publisher earns.',
    example: '8.00',
    completedOnly: true,
  },
  reason: {
    type: 'text',
    label: 'Reason',
    help: 'Text of up to 500 characters.',
    example: 'Signed on site',
    column: 'text',
    isNullable: true,
    isEmptyNull: true,
    placeholders: 'text',
    read: (value) => readText(value, 500),
  },
  no_payout_reason: {
    type: 'choice',
    label: 'No-payout reason',
    help: 'Holds the payout: the amount stays on the call and is not owed.',
    example: 'Caps exceeded',
    choices: noPayoutReasons,
    column: 'text',
    isNullable: true,
    completedOnly: true,
    read: (value) => readChoice(value, noPayoutReasons),
  },
} as const satisfies Record<string, Field>;

const instant = {
  type: 'time',
  example: '2026-11-24T09:27:00Z',
  column: 'timestamptz',
  isNullable: true,
  read: (value, { timeZone }) => readInstant(value, timeZone),
} as const satisfies FieldKind;
const seconds = {
  type: 'seconds',
  example: '184',
  column: 'integer',
  isNullable: true,
  read: readSeconds,
} as const satisfies FieldKind;
const label = {
  type: 'text',
  column: 'text',
  isNullable: true,
  isEmptyNull: true,
  read: (value) => readText(value, 200),
} as const satisfies FieldKind;

/** What only call events set: the facts of the call itself. Null: not known yet. */
export const eventFields = {
  phone_number: {
    type: 'phone',
    label: 'Caller',
    help: 'The caller’s number.',
    example: '+12135550142',
    column: 'text',
    isNullable: true,
    isEmptyNull: true,
    read: (value, { defaultCountry }) => readPhone(value, defaultCountry),
  },
  caller_withheld: {
    type: 'boolean',
    label: 'Caller withheld',
    help: 'Whether the caller withheld the number.',
    example: 'false',
    column: 'boolean',
    isNullable: true,
    nullMeans: false,
    read: readBoolean,
  },
  direction: {
    type: 'choice',
    label: 'Direction',
    help: 'Who called: inbound is a call to a tracking number.',
    example: 'inbound',
    choices: directions,
    column: 'text',
    isNullable: true,
    isEmptyNull: true,
    nullMeans: 'inbound',
    read: (value) => readChoice(value, directions),
  },
  started_at: { ...instant, label: 'Started', help: 'When the call began.', isNullable: false },
  answered_at: { ...instant, label: 'Answered', help: 'When the call was answered.' },
  ended_at: { ...instant, label: 'Ended', help: 'When the call ended.' },
  duration_seconds: { ...seconds, label: 'Duration', help: 'From start to end, in seconds.' },
  connected_seconds: { ...seconds, label: 'Talking time', help: 'From answer to end, in seconds.' },
  end_status: { ...label, label: 'End status', help: 'How the call ended.', example: 'completed' },
  recording_url: {
    ...label,
    type: 'address',
    label: 'Recording',
    help: 'The web address of the recording.',
    example: 'https://example.com/recordings/CA123.mp3',
    read: readWebAddress,
  },
  other_ids: {
    type: 'list',
    label: 'Other ids',
    help: 'Ids that the call is also known by.',
    example: 'CF123',
    column: 'text[]',
    isNullable: true,
    nullMeans: [],
    read: readOtherIds,
  },
  tracking_number: {
    ...label,
    label: 'Tracking number',
    help: 'The number that was called.',
    example: '+18005550100',
    read: readTrackingNumber,
  },
  campaign: { ...label, label: 'Campaign', help: 'What the call is booked on.', example: 'Roofing' },
  publisher: { ...label, label: 'Publisher', help: 'Who sent the caller.', example: 'Northwind Media' },
  buyer: { ...label, label: 'Buyer', help: 'Who took the call.', example: 'Acme Roofing' },
} as const satisfies Record<string, Field>;

export type UpdateFieldName = keyof typeof updateFields;
export type EventFieldName = keyof typeof eventFields;

/** Names in table order. */
export const updateFieldNames = Object.keys(updateFields) as UpdateFieldName[]; // Object.keys widens to string
export const eventFieldNames = Object.keys(eventFields) as EventFieldName[]; // Object.keys widens to string

/** The value as it is answered: where null means another value, that one. */
export function shownFact(name: EventFieldName, value: FieldValue): FieldValue {
  const field: Field = eventFields[name];
  return value ?? field.nullMeans ?? null;
}

/** True for a field that a postback may set only once the call has completed. */
export function isCompletedOnly(name: UpdateFieldName): boolean {
  const field: Field = updateFields[name];
  return field.completedOnly === true;
}

function readPastInstant(value: unknown, { timeZone, receivedAt }: ReadContext): string | Invalid {
  const read = readInstant(value, timeZone);
  if (read instanceof Invalid) return read;
  return Date.parse(read) <= Date.parse(receivedAt) + dayMs
    ? read
    : new Invalid('Send a time at most 24 hours ahead: is the clock or the time zone of the sender right?');
}

function readSeconds(value: unknown): number | Invalid {
  const text = bareText(value) ?? '';
  const seconds = typeof value === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : value;
  return typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= 0 && seconds < 1e9
    ? seconds
    : new Invalid('Send whole seconds, 0 or more.');
}

/** Browsers are given it as a link: no other scheme is allowed there. */
function readWebAddress(value: unknown): string | Invalid {
  const text = readText(value, 2_000);
  if (text instanceof Invalid) return text;
  const isWebAddress = /^https?:\/\/[^\s\\]+$/i.test(text) && URL.canParse(text);
  return isWebAddress ? text : new Invalid('Send a URL that begins with https:// or http://.');
}

const otherIdsMax = 20;

/** Other ids of a call: a list, or one id. Each once; none is null. */
function readOtherIds(value: unknown): readonly string[] | null | Invalid {
  const ids = (Array.isArray(value) ? value : [value]).map((id: unknown) => readCallLogId(id));
  const invalid = ids.find((id) => id instanceof Invalid);
  if (invalid !== undefined) return new Invalid('Send a list of ids: text without control characters.');
  const distinct = [...new Set(ids.filter((id) => typeof id === 'string'))];
  if (distinct.length > otherIdsMax) return new Invalid(`Send at most ${otherIdsMax} other ids of a call.`);
  return distinct.length > 0 ? distinct : null;
}

/** A tracking number may also be a SIP address or a short code, which stays as sent. */
function readTrackingNumber(value: unknown, { defaultCountry }: ReadContext): string | Invalid {
  const phone = readPhone(value, defaultCountry);
  return phone instanceof Invalid ? readText(value, 200) : phone;
}
