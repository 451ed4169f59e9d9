/**
 * The one table of fields. A new field of a call is one row here and one column of the same name
 * in `store/migrations`; decoding, folding, storing and answering all read this table.
 */
import { Invalid } from '../values/fault.ts';
import { readInstant } from '../values/instant.ts';
import { readMoney } from '../values/money.ts';
import { readPhone } from '../values/phone.ts';
import { readBoolean, readChoice, readText } from '../values/text.ts';

/** What reading a value depends on: the account's settings and the time of receipt. */
export type ReadContext = {
  /** IANA name; date-times without an offset are read in it */
  timeZone: string;
  /** ISO 3166 two letters; phone numbers without a country code are read in it */
  defaultCountry: string;
  /** instant */
  receivedAt: string;
};

export type FieldValue = boolean | number | string | null;
/** What an update field holds: money and instants are text. */
export type UpdateValue = boolean | string | null;

export type Field = {
  /** the SQL type of the column */
  column: 'boolean' | 'integer' | 'numeric' | 'text' | 'timestamptz';
  /** null clears the field; where false, null is a fault */
  isNullable: boolean;
  /** what null is answered as; a change between the two is none */
  nullMeans?: FieldValue;
  /** an empty text means null, in JSON too */
  isEmptyNull?: boolean;
  /** a postback may set it on completed calls only */
  completedOnly?: boolean;
  read(value: unknown, context: ReadContext): FieldValue | Invalid;
};

const directions = ['inbound', 'outbound'] as const;

const dayMs = 86_400_000;

const money = { column: 'numeric', isNullable: false, read: readMoney } as const;

/** What a postback, a change by hand or a call event may set (docs/senders.md#fields). */
export const updateFields = {
  converted: { column: 'boolean', isNullable: false, read: readBoolean },
  call_converted_at: { column: 'timestamptz', isNullable: true, read: readPastInstant },
  revenue_paid_out: money,
  publisher_paid_out: { ...money, completedOnly: true },
  reason: { column: 'text', isNullable: true, isEmptyNull: true, read: (value) => readText(value, 500) },
  no_payout_reason: {
    column: 'text',
    isNullable: true,
    completedOnly: true,
    read: (value) => readChoice(value, ['Campaign preconversion', 'Condition not met', 'Caps exceeded']),
  },
} as const satisfies Record<string, Field>;

const instant = {
  column: 'timestamptz',
  isNullable: true,
  read: (value, { timeZone }) => readInstant(value, timeZone),
} as const satisfies Field;
const seconds = { column: 'integer', isNullable: true, read: readSeconds } as const satisfies Field;
const label = {
  column: 'text',
  isNullable: true,
  isEmptyNull: true,
  read: (value) => readText(value, 200),
} as const satisfies Field;

/** What only call events set: the facts of the call itself. Null: not known yet. */
export const eventFields = {
  phone_number: {
    column: 'text',
    isNullable: true,
    isEmptyNull: true,
    read: (value, { defaultCountry }) => readPhone(value, defaultCountry),
  },
  caller_withheld: { column: 'boolean', isNullable: true, nullMeans: false, read: readBoolean },
  direction: {
    column: 'text',
    isNullable: true,
    isEmptyNull: true,
    nullMeans: 'inbound',
    read: (value) => readChoice(value, directions),
  },
  started_at: { ...instant, isNullable: false },
  answered_at: instant,
  ended_at: instant,
  duration_seconds: seconds,
  connected_seconds: seconds,
  end_status: label,
  recording_url: { ...label, read: readWebAddress },
  tracking_number: { ...label, read: readTrackingNumber },
  campaign: label,
  publisher: label,
  buyer: label,
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
  const seconds = typeof value === 'string' && /^\d{1,9}$/.test(value.trim()) ? Number(value) : value;
  return typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= 0 && seconds < 1e9
    ? seconds
    : new Invalid('Send whole seconds, 0 or more.');
}

/** Browsers are given it as a link: no other scheme may stand there. */
function readWebAddress(value: unknown): string | Invalid {
  const text = readText(value, 2_000);
  if (text instanceof Invalid) return text;
  const isWebAddress = /^https?:\/\/[^\s\\]+$/i.test(text) && URL.canParse(text);
  return isWebAddress ? text : new Invalid('Send a URL that begins with https:// or http://.');
}

/** A tracking number may also be a SIP address or a short code, which stays as sent. */
function readTrackingNumber(value: unknown, { defaultCountry }: ReadContext): string | Invalid {
  const phone = readPhone(value, defaultCountry);
  return phone instanceof Invalid ? readText(value, 200) : phone;
}
