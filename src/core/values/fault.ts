/**
 * What is wrong with one part of a request. `field` is the name as the sender wrote it
 * (`revenue`, `fields.converted`, `add.deal`); null when the fault is of the request as a whole.
 * `detail` says what to do. Codes: docs/senders.md#codes.
 */
export type Fault = { field: string | null; code: FaultCode; detail: string };

export type FaultCode =
  | 'invalid_value'
  | 'unresolved_placeholder'
  | 'invalid_phone_number'
  | 'masked_phone_number'
  | 'caller_withheld'
  | 'already_set'
  | 'transaction_id_needed'
  | 'unknown_field'
  | 'no_updates'
  | 'conflicting_field'
  | 'conflicting_tag'
  | 'too_many_tags'
  | 'call_not_identified'
  | 'call_not_completed'
  | 'field_not_allowed'
  | 'invalid_signature'
  | 'unknown_word'
  | 'mapping_invalid'
  | 'unknown_macro'
  | 'url_not_allowed';

/** A value that could not be read. Readers return it in place of the value; they never throw. */
export class Invalid {
  readonly detail: string;
  readonly code: FaultCode;

  constructor(detail: string, code: FaultCode = 'invalid_value') {
    this.detail = detail;
    this.code = code;
  }
}
