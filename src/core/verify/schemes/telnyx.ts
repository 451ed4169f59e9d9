/** Telnyx: Ed25519 over `timestamp|body`, with the account's public key. */
import { createPublicKey, verify } from 'node:crypto';
import { headerOf, readUnixMs, rejectAge, type Scheme } from '../signed-request.ts';

const toleranceSeconds = 300;
const keyBytes = 32;
const signatureBytes = 64;

export const telnyx: Scheme = {
  secret: 'the public key of the Telnyx account: the base64 of 32 bytes',
  isSecret: (text) => /^[A-Za-z0-9+/]{43}=$/.test(text) && Buffer.from(text, 'base64').length === keyBytes,
  coversQuery: () => false,
  check(request, secrets, nowMs) {
    const sentAt = headerOf(request, 'telnyx-timestamp');
    const presented = Buffer.from(headerOf(request, 'telnyx-signature-ed25519'), 'base64');
    if (sentAt === '' || presented.length !== signatureBytes) {
      return 'Send the headers telnyx-timestamp and telnyx-signature-ed25519, as Telnyx does.';
    }
    const aged = rejectAge(readUnixMs(sentAt), nowMs, toleranceSeconds, 'telnyx-timestamp');
    if (aged !== null) return aged;
    const signed = Buffer.concat([Buffer.from(`${sentAt}|`), Buffer.from(request.body)]);
    const isSigned = secrets.some((secret) => verify(null, signed, publicKeyOf(secret), presented));
    return isSigned
      ? null
      : 'The signature does not match: set the public key of the Telnyx account that sends.';
  },
};

function publicKeyOf(secret: string) {
  const x = Buffer.from(secret, 'base64').toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}
