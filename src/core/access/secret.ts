import { hash, randomBytes } from 'node:crypto';

/** A new key or token: a prefix that tells what it is, and 256 random bits that need no escaping in a URL. */
export function makeSecret(prefix: 'rbk' | 'rbt' | 'rbs' | 'rbl' | 'rbi'): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`;
}

/** What is stored of a secret. It has 256 bits of its own, so a plain hash keeps it. */
export function hashSecret(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}
