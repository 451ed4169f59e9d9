import type { Fault } from '../values/fault.ts';
import { withoutKeys } from '../values/text/auth-key.ts';

/** Every code of a rejection, with its HTTP status and title (docs/senders.md#codes). */
export const rejectionCodes = {
  malformed_body: { httpStatus: 400, title: 'The body cannot be read' },
  invalid_auth_key: { httpStatus: 401, title: 'The auth key is missing or not valid' },
  wrong_webhook_type: { httpStatus: 403, title: 'This webhook is of another type' },
  webhook_paused: { httpStatus: 403, title: 'This webhook is paused' },
  address_not_allowed: { httpStatus: 403, title: 'This webhook takes nothing from this address' },
  field_not_allowed: { httpStatus: 403, title: 'This webhook may not set the field' },
  link_preview: { httpStatus: 403, title: 'Link previews and prefetches change nothing' },
  invalid_password: { httpStatus: 401, title: 'The e-mail address or the password is wrong' },
  invalid_token: { httpStatus: 401, title: 'The API token is missing or not valid' },
  invalid_signature: { httpStatus: 403, title: 'The signature is missing or not valid' },
  wrong_origin: { httpStatus: 403, title: 'The request comes from another site' },
  role_not_allowed: { httpStatus: 403, title: 'The token’s role does not allow this' },
  not_found: { httpStatus: 404, title: 'There is nothing here' },
  call_not_found: { httpStatus: 404, title: 'There is no such call' },
  no_call_in_window: { httpStatus: 404, title: 'No call of this number in the time window' },
  method_not_allowed: { httpStatus: 405, title: 'The method is not allowed here' },
  request_timeout: { httpStatus: 408, title: 'The request took too long to arrive' },
  already_set: { httpStatus: 409, title: 'The call already has another value' },
  call_not_completed: { httpStatus: 409, title: 'The call is still live' },
  ambiguous_call: { httpStatus: 409, title: 'Several calls match' },
  not_undoable: { httpStatus: 409, title: 'This postback cannot be undone' },
  canceled: { httpStatus: 409, title: 'The postback was undone before it was applied' },
  not_replayable: { httpStatus: 409, title: 'This postback cannot be replayed' },
  email_taken: { httpStatus: 409, title: 'The account has a person with this e-mail address' },
  name_taken: { httpStatus: 409, title: 'Another one has this name' },
  not_empty: { httpStatus: 409, title: 'The account has data of its own' },
  token_in_settings: { httpStatus: 409, title: 'The token is from the settings' },
  transaction_id_reused: { httpStatus: 409, title: 'The transaction id belongs to another update' },
  body_too_large: { httpStatus: 413, title: 'The body is too large' },
  uri_too_long: { httpStatus: 414, title: 'The URL is too long' },
  unsupported_media_type: { httpStatus: 415, title: 'The content type is not supported' },
  call_not_identified: { httpStatus: 422, title: 'The request names no call' },
  conflicting_field: { httpStatus: 422, title: 'Fields contradict each other' },
  conflicting_tag: { httpStatus: 422, title: 'A tag is both added and removed' },
  caller_withheld: { httpStatus: 422, title: 'The caller withheld its number' },
  masked_phone_number: { httpStatus: 422, title: 'Digits of the phone number are hidden' },
  invalid_phone_number: { httpStatus: 422, title: 'The phone number cannot be read' },
  invalid_value: { httpStatus: 422, title: 'A value is not valid' },
  no_updates: { httpStatus: 422, title: 'The request changes nothing' },
  transaction_id_needed: { httpStatus: 422, title: 'The transaction id is missing' },
  too_many_tags: { httpStatus: 422, title: 'Too many tags' },
  unknown_field: { httpStatus: 422, title: 'There is no such field' },
  unknown_word: { httpStatus: 422, title: 'The mapping does not know the word' },
  mapping_invalid: { httpStatus: 422, title: 'The mapping has errors' },
  unresolved_placeholder: { httpStatus: 422, title: 'A macro was not replaced' },
  unknown_macro: { httpStatus: 422, title: 'A template names an unknown macro' },
  url_not_allowed: { httpStatus: 422, title: 'Outgoing webhooks may not reach this URL' },
  batch_rejected: { httpStatus: 422, title: 'The batch was rejected as a whole' },
  rate_limited: { httpStatus: 429, title: 'Too many requests' },
  headers_too_large: { httpStatus: 431, title: 'The headers or the URL are too large' },
  internal_error: { httpStatus: 500, title: 'An error of the server' },
  store_unavailable: { httpStatus: 503, title: 'The database cannot be reached' },
  outcome_unknown: { httpStatus: 503, title: 'The outcome is not known' },
} as const;

export type RejectionCode = keyof typeof rejectionCodes;

/** Why a request was rejected as a whole. `detail` says what to do. */
export type Rejection = {
  code: RejectionCode;
  detail: string;
  errors: Fault[];
  /** the calls that match, with `ambiguous_call` */
  callLogIds?: string[];
  /** how long to wait before the next try, where that is known for this request */
  retryAfterSeconds?: number;
  /** so many of these may come that only some are kept in the log */
  isUnlogged?: boolean;
};

/** Beyond any honest mistake; 64 KiB of nonsense would make an answer of megabytes. */
const errorsMax = 200;

export function reject(code: RejectionCode, detail: string, errors: Fault[] = []): Rejection {
  return { code, detail, errors };
}

/** One rejection for all the faults of a request; the first one gives the code. */
export function rejectFaults(faults: Fault[]): Rejection {
  const [first, ...others] = faults.slice(0, errorsMax).map(withoutKeysOf);
  if (first === undefined) throw new Error('a rejection needs a fault');
  const more = faults.length > 1 ? ` (${faults.length} faults: see "errors")` : '';
  const where = first.field === null ? '' : `${first.field.slice(0, 200)}: `;
  return reject(first.code, `${where}${first.detail}${more}`, [first, ...others]);
}

function withoutKeysOf({ field, code, detail }: Fault): Fault {
  return { field: field === null ? null : withoutKeys(field), code, detail: withoutKeys(detail) };
}
