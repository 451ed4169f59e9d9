import { createHmac } from 'node:crypto';
import type { DayCall } from './day.ts';
import type { Tally } from './tally.ts';

const path = '/api/v1/calls/twilio/status';

/** Sends what Twilio sends when the state of a call changes: a signed form. */
export class Twilio {
  readonly #url: string;
  readonly #publicUrl: string;
  readonly #authToken: string;
  readonly #tally: Tally;

  constructor(url: string, publicUrl: string, authToken: string, tally: Tally) {
    this.#url = url;
    this.#publicUrl = publicUrl;
    this.#authToken = authToken;
    this.#tally = tally;
  }

  async report(call: DayCall, status: string, at: Date, fields: Record<string, string> = {}): Promise<void> {
    const { campaign, publisher, buyer } = call;
    const target = `${path}?${new URLSearchParams({ campaign, publisher, buyer })}`;
    const form = {
      CallSid: call.callLogId,
      CallStatus: status,
      From: call.caller,
      To: call.trackingNumber,
      Timestamp: at.toUTCString().replace('GMT', '+0000'),
      ...fields,
    };
    const response = await fetch(this.#url + target, {
      method: 'POST',
      headers: { 'x-twilio-signature': this.#sign(this.#publicUrl + target, form) },
      body: new URLSearchParams(form),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`a status callback was answered with ${answer}`);
    this.#tally.add('Twilio', 'callback');
  }

  /** The URL as Twilio calls it, then all names and values in the order of names; HMAC-SHA1, base64. */
  #sign(url: string, form: Record<string, string>): string {
    const pairs = Object.entries(form).sort(([a], [b]) => (a < b ? -1 : 1));
    return createHmac('sha1', this.#authToken)
      .update(url + pairs.flat().join(''))
      .digest('base64');
  }
}
