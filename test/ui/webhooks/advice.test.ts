/** The advice that the UI gives on rejections. */
import { expect, test } from 'vitest';
import { rejectionCodes } from '../../../src/core/updates/rejection.ts';
import {
  adviceOn,
  rejectionCodes as advised,
} from '../../../ui/src/pages/webhooks/activity/rejection-advice.ts';

/** Codes that no postback in the log has: of the operator's API, of requests with no valid key, of a server that failed. */
const notOfPostbacks = [
  ...['invalid_token', 'wrong_origin', 'role_not_allowed', 'not_found', 'not_replayable'],
  ...['token_in_settings', 'mapping_invalid', 'headers_too_large', 'uri_too_long', 'not_undoable'],
  ...['invalid_password', 'email_taken', 'name_taken', 'not_empty', 'unknown_macro', 'url_not_allowed'],
  ...['internal_error', 'store_unavailable', 'outcome_unknown'],
];

test('every code that a postback in the log can have comes with what it means and how to fix it', () => {
  const codes = Object.keys(rejectionCodes).filter((code) => !notOfPostbacks.includes(code));
  expect(codes.filter((code) => !advised.includes(code))).toEqual([]);
  for (const code of codes) expect(adviceOn(code).fix, code).toMatch(/\S/);
  // It is shown on the overview, on the page of a webhook and on that of a postback.
  for (const code of codes) expect(adviceOn(code).fix, code).not.toMatch(/\b(below|above|shown here)\b/);
});
