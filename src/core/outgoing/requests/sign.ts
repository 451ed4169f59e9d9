/** Signs by the Standard Webhooks scheme, version v1: HMAC-SHA256 over id, time and body. */
import { createHmac } from 'node:crypto';

const prefix = 'whsec_';

/** @param secrets all that are valid now: the receiver may know any of them. @param nowMs Unix time */
export function signatureHeaders(
  secrets: readonly string[],
  id: string,
  body: string,
  nowMs: number,
): Record<string, string> {
  const seconds = Math.floor(nowMs / 1_000);
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signatures.join(' '),
  };
}
