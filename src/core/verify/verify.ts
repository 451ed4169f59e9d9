/** How a request proves its sender, in addition to its auth key. */
import { type Rejection, reject } from '../updates/rejection.ts';
import { basic } from './schemes/basic.ts';
import { type HmacSettings, hmac } from './schemes/hmac.ts';
import { plivoV3 } from './schemes/plivo-v3.ts';
import { standardWebhooks } from './schemes/standard-webhooks.ts';
import { telnyx } from './schemes/telnyx.ts';
import { twilio } from './schemes/twilio.ts';
import { vonageJwt } from './schemes/vonage-jwt.ts';
import type { Scheme, SignedRequest } from './signed-request.ts';

const schemes = {
  standard_webhooks: standardWebhooks,
  twilio,
  telnyx,
  plivo_v3: plivoV3,
  vonage_jwt: vonageJwt,
  basic,
} satisfies Record<string, Scheme>;

export type Verify = { scheme: keyof typeof schemes } | ({ scheme: 'hmac' } & HmacSettings);
export type SchemeName = Verify['scheme'];

export const schemeNames: readonly SchemeName[] = [
  ...(Object.keys(schemes) as (keyof typeof schemes)[]),
  'hmac',
];

/**
 * @param secrets the request is accepted if one of them signed it
 * @returns null if the sender is proven
 */
export function rejectUnverified(
  verify: Verify,
  secrets: readonly string[],
  request: SignedRequest,
  nowMs: number,
): Rejection | null {
  const detail =
    verify.scheme === 'hmac'
      ? hmac.check(request, secrets, nowMs, verify)
      : schemes[verify.scheme].check(request, secrets, nowMs, verify);
  return detail === null ? null : reject('invalid_signature', detail);
}

/** False: parameters of the query, other than the key, must be rejected. */
export function coversQuery(verify: Verify, method: string): boolean {
  return verify.scheme === 'hmac'
    ? hmac.coversQuery(method, verify)
    : schemes[verify.scheme].coversQuery(method, verify);
}

/** @returns null if the text can be a secret of the scheme, otherwise what to send */
export function rejectSecret(scheme: SchemeName, text: string): string | null {
  const { secret, isSecret } = scheme === 'hmac' ? hmac : schemes[scheme];
  return isSecret(text) ? null : `Send ${secret}.`;
}
