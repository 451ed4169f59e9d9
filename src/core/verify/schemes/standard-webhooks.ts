/** The Standard Webhooks scheme, version v1: HMAC-SHA256 over id, time and body. */
import { createHmac, randomBytes } from 'node:crypto';
import { headerOf, isSame, rejectAge, type Scheme } from '../signed-request.ts';

const prefix = 'whsec_';
const secretBytes = { made: 32, min: 24, max: 64 };
const toleranceSeconds = 5 * 60;

export const standardWebhooks: Scheme = {
  secret: 'whsec_ and the base64 of 24 to 64 random bytes',
  isSecret(text) {
    const { length } = bytesOf(text);
    const isBase64 = /^whsec_[A-Za-z0-9+/]+={0,2}$/.test(text);
    return isBase64 && length >= secretBytes.min && length <= secretBytes.max;
  },
  coversQuery: () => false,
  check(request, secrets, nowMs) {
    const [id, sentAt, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
      headerOf(request, name),
    );
    if (!id || !sentAt || !signatures) {
      return 'Sign the request: send the headers webhook-id, webhook-timestamp and webhook-signature.';
    }
    const sentAtMs = /^\d{1,12}$/.test(sentAt) ? Number(sentAt) * 1_000 : Number.NaN;
    const aged = rejectAge(sentAtMs, nowMs, toleranceSeconds, 'webhook-timestamp, in seconds');
    if (aged !== null) return aged;
    const presented = signatures
      .split(' ')
      .filter((one) => one.startsWith('v1,'))
      .map((one) => Buffer.from(one.slice('v1,'.length), 'base64'));
    const isSigned = secrets.some((secret) => {
      const hmac = createHmac('sha256', bytesOf(secret));
      const expected = hmac.update(`${id}.${sentAt}.`).update(request.body).digest();
      return presented.some((one) => isSame(one, expected));
    });
    return isSigned
      ? null
      : 'The signature does not match: sign "id.timestamp.body" with this webhook’s signing secret, and send the body unchanged.';
  },
};

export function makeSigningSecret(): string {
  return prefix + randomBytes(secretBytes.made).toString('base64');
}

function bytesOf(secret: string): Buffer {
  return Buffer.from(secret.slice(prefix.length), 'base64');
}
