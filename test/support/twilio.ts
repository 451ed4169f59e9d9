/** Status callbacks as Twilio sends and signs them. */
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import type { Answer, TestServer } from './server.ts';

/** What the callback URLs begin with; its path is one that the server behind it does not see. */
export const publicUrl = 'https://hooks.example.com/ringback';
export const statusPath = '/api/v1/calls/twilio/status';
export const firstToken = 'test-twilio-token';

export type Form = Record<string, string | string[]>;
export type Callback = {
  form: Form;
  /** as it stands in the callback URL, with its question mark */
  query?: string;
  token?: string;
  /** null: unsigned */
  signature?: string | null;
  signedUrl?: string;
};

/** Sends a status callback, signed unless told otherwise. */
export function sendStatus(
  server: TestServer,
  { form, query = '', token = firstToken, signature, signedUrl }: Callback,
): Promise<Answer> {
  const signed = getExpectedTwilioSignature(token, signedUrl ?? `${publicUrl}${statusPath}${query}`, form);
  const pairs = Object.entries(form).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
  return server.request(`${statusPath}${query}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      ...(signature !== null && { 'x-twilio-signature': signature ?? signed }),
    },
    body: new URLSearchParams(pairs).toString(),
  });
}

/** What Twilio sends of a call. */
export function callEvent(CallSid: string, CallStatus: string, more: Form = {}): Form {
  return {
    AccountSid: 'AC00000000000000000000000000000001',
    ApiVersion: '2010-04-01',
    CallSid,
    CallStatus,
    Called: '+18005550199',
    Caller: '+14155550142',
    Direction: 'inbound',
    From: '+14155550142',
    To: '+18005550199',
    CallbackSource: 'call-progress-events',
    ...more,
  };
}
