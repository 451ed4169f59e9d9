/** Signatures of senders by the Standard Webhooks scheme, version v1: HMAC-SHA256 over id, time and body. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type Rejection, reject } from '../../core/updates/rejection.ts';

const prefix = 'whsec_';
const secretBytes = { made: 32, min: 24, max: 64 };
const toleranceSeconds = 5 * 60;

export function makeSigningSecret(): string {
  return prefix + randomBytes(secretBytes.made).toString('base64');
}

/** True for `whsec_` and the base64 of 24 to 64 bytes, as the scheme wants it. */
export function isSigningSecret(text: string): boolean {
  const { length } = bytesOf(text);
  const isBase64 = /^whsec_[A-Za-z0-9+/]+={0,2}$/.test(text);
  return isBase64 && length >= secretBytes.min && length <= secretBytes.max;
}

/**
 * @param secrets one of them must have signed
 * @param body to the byte, as text
 * @param nowMs Unix time
 * @returns null where the signature is good and not older or newer than five minutes
 */
export function rejectSignature(
  secrets: readonly string[],
  headers: IncomingHttpHeaders,
  body: string,
  nowMs: number,
): Rejection | null {
  const [id, sentAt, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    String(headers[name] ?? ''),
  );
  if (!id || !sentAt || !signatures) {
    const detail = 'Sign the request: send the headers webhook-id, webhook-timestamp and webhook-signature.';
    return reject('invalid_signature', detail);
  }
  const ageSeconds = /^\d{1,12}$/.test(sentAt) ? nowMs / 1_000 - Number(sentAt) : Number.POSITIVE_INFINITY;
  if (Math.abs(ageSeconds) > toleranceSeconds) {
    const detail = `Send the present Unix time in seconds as webhook-timestamp: this one is more than ${toleranceSeconds / 60} minutes off.`;
    return reject('invalid_signature', detail);
  }
  const presented = signatures
    .split(' ')
    .filter((one) => one.startsWith('v1,'))
    .map((one) => Buffer.from(one.slice('v1,'.length), 'base64'));
  const isSigned = secrets.some((secret) => {
    const expected = createHmac('sha256', bytesOf(secret)).update(`${id}.${sentAt}.${body}`).digest();
    return presented.some((one) => one.length === expected.length && timingSafeEqual(one, expected));
  });
  if (isSigned) return null;
  const detail =
    'The signature does not match: sign "id.timestamp.body" with this webhook’s signing secret, and send the body unchanged.';
  return reject('invalid_signature', detail);
}

function bytesOf(secret: string): Buffer {
  return Buffer.from(secret.slice(prefix.length), 'base64');
}
