export type Advice = { meaning: string; fix: string };

/** What a rejection means for the owner of the webhook, and how to fix it. */
const advice: Record<string, Advice> = {
  malformed_body: {
    meaning: 'The body or the URL cannot be read.',
    fix: 'Have the sender post a JSON object or a form in UTF-8, and percent-encode URLs.',
  },
  wrong_webhook_type: {
    meaning: 'The sender uses the address of another type.',
    fix: 'Give it the endpoint URL of this webhook, or create one of the type that it sends to.',
  },
  invalid_auth_key: {
    meaning: 'The key is missing or not valid any more.',
    fix: 'Give the sender the current URL of the webhook, or rotate its key for a new one.',
  },
  webhook_paused: { meaning: 'The webhook is paused.', fix: 'Press “Resume” to take postbacks again.' },
  address_not_allowed: {
    meaning: 'A request came from an address that is not allowed.',
    fix: 'Add the sender’s address to the webhook’s allowed addresses, if it is the sender’s.',
  },
  field_not_allowed: {
    meaning: 'The sender sets a field that this webhook may not set.',
    fix: 'Allow the field, or have the sender leave it out.',
  },
  link_preview: {
    meaning: 'A chat or a browser looked at the link.',
    fix: 'Nothing was changed. Keep endpoint URLs out of chats.',
  },
  invalid_signature: {
    meaning: 'The signature is missing or wrong.',
    fix: 'Check that the sender signs with this webhook’s secret, and that its clock is right.',
  },
  call_not_found: {
    meaning: 'No call has this id.',
    fix: 'Check which id the sender was given, and that calls arrive here before their postbacks.',
  },
  no_call_in_window: {
    meaning: 'No call of this number started within the match window.',
    fix: 'Widen the match window, or have the sender send the call’s id.',
  },
  ambiguous_call: {
    meaning: 'Several calls match, and the rule is “only”.',
    fix: 'Choose another match rule, or have the sender send the call’s id.',
  },
  call_not_completed: {
    meaning: 'A payout was sent for a call that is still live.',
    fix: 'Have the sender wait for the end of the call, or replay the postback then.',
  },
  transaction_id_reused: {
    meaning: 'The sender uses one transaction id for two updates.',
    fix: 'Have it make a new id for each update, or leave the id out.',
  },
  call_not_identified: {
    meaning: 'The request names no call.',
    fix: 'Have the sender send call_log_id or phone_number. If nothing but the key arrives, a redirect drops the body: have it send to the URL of the tab “URL builder”, which does not redirect.',
  },
  unresolved_placeholder: {
    meaning: 'The sender sent a macro, or the text of a variable without a value.',
    fix: 'Check the macro’s spelling at the sender: the URL builder knows those of many senders.',
  },
  invalid_value: {
    meaning: 'A value cannot be read.',
    fix: 'Each error names its field and says which values it accepts. If the sender cannot change them, set in the webhook’s tab “Mapping” how they are read, then replay the postback.',
  },
  invalid_phone_number: {
    meaning: 'The number cannot be read as a phone number.',
    fix: 'Have the sender send it with its country code, such as +12135550142.',
  },
  masked_phone_number: {
    meaning: 'Digits of the number are hidden.',
    fix: 'Have the sender send the whole number, or the call’s id.',
  },
  caller_withheld: {
    meaning: 'The caller withheld its number, as many callers do.',
    fix: 'Have the sender send the call’s id: no number identifies such a call.',
  },
  unknown_field: {
    meaning: 'A name is misspelt, or “fields” contains a name that does not exist.',
    fix: 'The error names the field that was probably meant. Have the sender use it, or map the name.',
  },
  no_updates: {
    meaning: 'The request sets nothing.',
    fix: 'Have the sender send at least one field. Names are those of the documentation.',
  },
  conflicting_field: {
    meaning: 'The request has two values for one field.',
    fix: 'Have the sender send each field once.',
  },
  conflicting_tag: { meaning: 'A tag is both added and removed.', fix: 'Have the sender do one of them.' },
  too_many_tags: {
    meaning: 'The call would have more than 200 tags, or the request more than 50.',
    fix: 'Remove tags that are not needed.',
  },
  body_too_large: {
    meaning: 'The body is larger than 64 KiB.',
    fix: 'Use the batch address for many updates.',
  },
  unsupported_media_type: {
    meaning: 'The body is of a type that is not understood.',
    fix: 'Have the sender post JSON or a form. XML is not read.',
  },
  method_not_allowed: {
    meaning: 'This method is not accepted here.',
    fix: 'Have the sender use POST, or GET where the webhook accepts it.',
  },
  canceled: {
    meaning: 'It was canceled by an undo before it was applied.',
    fix: 'Nothing was done. Replay the postback to apply it after all.',
  },
  request_timeout: {
    meaning: 'The body of the request did not arrive in time.',
    fix: 'Nothing was done. Have the sender send the request again.',
  },
  already_set: {
    meaning: 'The call already has another value, and this webhook does not overwrite values.',
    fix: 'Change the webhook’s setting for repeats, or change the call by hand.',
  },
  transaction_id_needed: {
    meaning: 'This webhook adds amounts up, and the request has no transaction id.',
    fix: 'Have the sender send a transaction_id, so that a repeated request is not added twice.',
  },
  unknown_word: {
    meaning: 'The sender sent a word that is not in the mapping.',
    fix: 'Add the word to the mapping, then replay the postback.',
  },
  batch_rejected: {
    meaning: 'Another item of the same atomic batch was rejected.',
    fix: 'Have the sender correct the other items and send the batch again.',
  },
  rate_limited: {
    meaning: 'More requests came than the webhook takes in a minute.',
    fix: 'Raise the limit, or have the sender slow down or send batches.',
  },
};

export function adviceOn(code: string): Advice {
  return advice[code] ?? { meaning: 'See the last response.', fix: '' };
}

/** What it means, within a sentence. */
export function meaningWithin(code: string): string {
  const { meaning } = adviceOn(code);
  return meaning.charAt(0).toLowerCase() + meaning.slice(1);
}

export const rejectionCodes: readonly string[] = Object.keys(advice).sort();
