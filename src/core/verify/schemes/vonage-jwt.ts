/** Vonage: a JWT signed with the signature secret, which holds the hash of the payload and its own time. */
import { createHmac, hash } from 'node:crypto';
import { isOwnKeyName } from '../own-key-names.ts';
import { headerOf, isSame, rejectAge, type Scheme, type SignedRequest, textOf } from '../signed-request.ts';

const toleranceSeconds = 300;

export const vonageJwt: Scheme = {
  secret: 'the signature secret of the Vonage account',
  isSecret: (text) => text.trim() !== '',
  coversQuery: (method) => method === 'GET',
  check(request, secrets, nowMs) {
    const token = /^bearer +([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(headerOf(request, 'authorization'));
    if (token === null) {
      return 'Send the JWT that Vonage signs as "Authorization: Bearer", and turn on signed callbacks for the application.';
    }
    const [, header = '', claims = '', signature = ''] = token;
    const presented = Buffer.from(signature, 'base64url');
    const isSigned =
      readJson(header)['alg'] === 'HS256' &&
      secrets.some((secret) =>
        isSame(presented, createHmac('sha256', secret).update(`${header}.${claims}`).digest()),
      );
    if (!isSigned)
      return 'The signature does not match: set the signature secret of the Vonage account (HS256).';
    const { iat, exp, nbf, payload_hash: payloadHash } = readJson(claims);
    const aged = rejectAge(toMs(iat), nowMs, toleranceSeconds, 'the claim iat');
    if (aged !== null) return aged;
    if (exp !== undefined && !(toMs(exp) > nowMs))
      return 'The JWT has expired: send the request with a new one.';
    if (nbf !== undefined && !(toMs(nbf) <= nowMs + toleranceSeconds * 1_000)) {
      return 'The JWT is not valid yet: check the clocks of both servers.';
    }
    const isWhole =
      typeof payloadHash === 'string' &&
      payloadsOf(request).some((payload) =>
        isSame(Buffer.from(payloadHash.toLowerCase()), Buffer.from(hash('sha256', payload, 'hex'))),
      );
    return isWhole
      ? null
      : 'The claim payload_hash is missing or not that of this body: send the body unchanged.';
  },
};

/** The body; of a GET, its parameters as a JSON object: all of them, or those that Vonage added itself. */
function payloadsOf({ method, url, body }: SignedRequest): (string | Uint8Array)[] {
  if (method !== 'GET' || body.length > 0) return [body];
  const query = [...new URLSearchParams(url.split('?', 2)[1] ?? '')];
  const sent = query.filter(([name]) => !isOwnKeyName(name));
  return [query, sent].map((pairs) => JSON.stringify(Object.fromEntries(pairs)));
}

function toMs(seconds: unknown): number {
  return typeof seconds === 'number' ? seconds * 1_000 : Number.NaN;
}

function readJson(base64: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(textOf(Buffer.from(base64, 'base64url')));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
